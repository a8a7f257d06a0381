with present as (

    select
        segment_id,
        count(*) as headcount
    from {{ ref('int_rep_capacity_basis') }}
    group by segment_id

),

gone as (

    select
        users.segment_id,
        count(*) as leavers
    from {{ ref('dim_user') }} as users
    cross join {{ source('config', 'run_context') }} as run_context
    where
        users.is_rep
        and users.is_current
        and users.end_date <= run_context.as_of
        and users.end_date > {{ add_days('run_context.as_of', -365) }}
    group by users.segment_id

),

final as (

    select
        coalesce(present.segment_id, gone.segment_id) as segment_id,
        cast(coalesce(present.headcount, 0) as double) as headcount,
        cast(coalesce(gone.leavers, 0) as double) as leavers
    from present
    full outer join gone on present.segment_id = gone.segment_id

)

select * from final
