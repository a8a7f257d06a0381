-- Reps and the sum of their quotas by scope. A segment's reps are those whose own segment it is.
with reps as (

    select
        user_id,
        segment_id,
        month_start,
        quota_assigned
    from {{ ref('rep_performance_month') }}

),

scoped as (

    select
        'company' as scope_type,
        'all' as scope_id,
        month_start,
        quota_assigned
    from reps

    union all

    select
        'segment' as scope_type,
        segment_id as scope_id,
        month_start,
        quota_assigned
    from reps

    union all

    select
        'team' as scope_type,
        bridge.manager_id as scope_id,
        reps.month_start,
        reps.quota_assigned
    from reps
    inner join {{ ref('bridge_team') }} as bridge
        on
            reps.user_id = bridge.user_id
            and reps.month_start >= bridge.valid_from
            and reps.month_start < bridge.valid_to

),

final as (

    select
        {{ surrogate_key(['scope_type', 'scope_id', 'month_start']) }} as scope_month_id,
        scope_type,
        scope_id,
        month_start,
        cast(count(*) as bigint) as rep_n,
        {{ money('sum(quota_assigned)') }} as quota_sum
    from scoped
    group by scope_type, scope_id, month_start

)

select * from final
