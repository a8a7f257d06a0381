-- The reps who are there now. Results are those of the last four complete fiscal quarters, over the months that had a quota.
with ramp as (

    select coalesce(max(tenure_month), -1) as last_month
    from {{ source('config', 'ramp') }}

),

context as (

    select
        run_context.as_of,
        {{ fiscal_quarter_start(add_days('run_context.as_of', 1), 'run_context.fiscal_year_start_month') }} as quarter_start,
        ramp.last_month
    from {{ source('config', 'run_context') }} as run_context
    cross join ramp

),

reps as (

    select
        users.user_id,
        users.segment_id,
        users.role,
        coalesce(users.fte, 1) as fte,
        users.hire_date,
        users.end_date,
        coalesce({{ complete_months('users.hire_date', 'context.as_of') }} > context.last_month, true) as is_ramped
    from {{ ref('dim_user') }} as users
    cross join context
    where
        users.is_rep
        and users.is_current
        and coalesce(users.is_active, true)
        and (users.end_date is null or users.end_date > context.as_of)

),

-- A quarter's quota counts as three equal months here, as a run rate of what reps can carry; no quota is cut anywhere else.
quotas as (

    select
        targets.scope_id as user_id,
        cast(targets.amount as double) / case targets.period_type when 'quarter' then 3 else 1 end as monthly_quota,
        row_number() over (
            partition by targets.scope_id
            order by targets.period_start desc, targets.period_type asc, targets.version desc
        ) as period_rank
    from {{ ref('target') }} as targets
    cross join context
    where
        targets.scope_type = 'rep'
        and targets.measure = 'bookings'
        and targets.period_type in ('month', 'quarter')
        and targets.period_start <= context.as_of

),

results as (

    select
        months.user_id,
        cast(sum(months.quota_effective) as double) as effective_quota_12m,
        cast(sum(months.credited_bookings) as double) as credited_12m
    from {{ ref('rep_performance_month') }} as months
    cross join context
    where
        months.quota_effective is not null
        and months.month_start < context.quarter_start
        and months.month_start >= {{ add_months('context.quarter_start', -12) }}
    group by months.user_id

),

final as (

    select
        reps.user_id,
        reps.segment_id,
        reps.role,
        reps.fte,
        reps.hire_date,
        reps.end_date,
        quotas.monthly_quota,
        results.effective_quota_12m,
        results.credited_12m,
        reps.is_ramped
    from reps
    left join quotas
        on
            reps.user_id = quotas.user_id
            and quotas.period_rank = 1
    left join results on reps.user_id = results.user_id

)

select * from final
