-- Scopes overlap, as in team_performance_month, and so do months and quarters: sum one scope_type and period_type at a time.
with targets as (

    select
        scope_type,
        scope_id,
        period_type,
        period_start,
        amount,
        row_number() over (partition by scope_type, scope_id, period_type, period_start order by version desc) as version_rank
    from {{ ref('target') }}
    where
        scope_type in ('company', 'segment')
        and measure = 'bookings'

),

final as (

    select
        {{ surrogate_key([
            'projections.scope_type', 'projections.scope_id', 'projections.period_type', 'projections.period_start',
            'projections.on_day',
        ]) }} as period_projection_id,
        projections.scope_type,
        projections.scope_id,
        projections.scope_type = 'company' as is_default_scope,
        projections.period_type,
        projections.method,

        {%- for figure in [
            'closed_amount', 'open_amount', 'open_weighted_amount', 'other_won_amount', 'mean', 'p10', 'p50', 'p90',
        ] %}
        {{ money('projections.' ~ figure) }} as {{ figure }},
        {%- endfor %}
        targets.amount as target_amount,
        {{ round_float(
            'case when projections.closed_amount >= targets.amount then cast(1 as double) else 1 - '
            ~ p_at_most('targets.amount', 'projections.p10', 'projections.p50', 'projections.p90') ~ ' end'
        ) }} as p_target,

        cast(projections.periods_n as integer) as periods_n,
        {{ round_float('projections.backtest_wape') }} as backtest_wape,
        {{ round_float('projections.baseline_wape') }} as baseline_wape,

        projections.period_start,
        projections.period_end,
        projections.on_day
    from {{ source('planning', 'period_projection') }} as projections
    left join targets
        on
            projections.scope_type = targets.scope_type
            and projections.scope_id = targets.scope_id
            and projections.period_type = targets.period_type
            and projections.period_start = targets.period_start
            and targets.version_rank = 1

)

select * from final
