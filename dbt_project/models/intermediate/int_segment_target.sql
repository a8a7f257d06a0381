with ranked as (

    select
        targets.scope_id as segment_id,
        targets.period_start as month_start,
        cast(targets.amount as double) as target,
        row_number() over (partition by targets.scope_id, targets.period_start order by targets.version desc) as version_rank
    from {{ ref('target') }} as targets
    cross join {{ source('config', 'run_context') }} as run_context
    cross join {{ source('config', 'capacity_setting') }} as settings
    where
        targets.scope_type = 'segment'
        and targets.measure = 'bookings'
        and targets.period_type = 'month'
        and targets.period_start > run_context.as_of
        and targets.period_start <= {{ add_months(month_start('run_context.as_of'), 'settings.horizon_months') }}

)

select
    {{ surrogate_key(['segment_id', 'month_start']) }} as segment_target_id,
    segment_id,
    month_start,
    target
from ranked
where version_rank = 1
