-- Additive in money over segments and months. What can be delivered is the lesser of what is demanded and what can be sold.
with forecasts as (

    select
        series.segment_id,
        forecasts.period_start as month_start,
        {{ money('forecasts.p10') }} as demand_p10,
        {{ money('forecasts.p50') }} as demand_p50,
        {{ money('forecasts.p90') }} as demand_p90
    from {{ ref('demand_forecast') }} as forecasts
    inner join {{ ref('dim_series') }} as series on forecasts.series_id = series.series_id
    where
        forecasts.is_used
        and series.measure = 'revenue'
        and series.level = 'segment'

),

months as (

    select
        coalesce(capacity.segment_id, forecasts.segment_id) as segment_id,
        coalesce(capacity.month_start, forecasts.month_start) as month_start,
        forecasts.demand_p10,
        forecasts.demand_p50,
        forecasts.demand_p90,
        capacity.capacity,
        capacity.target,
        case when forecasts.demand_p50 < capacity.capacity then forecasts.demand_p50 else capacity.capacity end as lesser
    from {{ ref('rep_capacity') }} as capacity
    full outer join forecasts
        on
            capacity.segment_id = forecasts.segment_id
            and capacity.month_start = forecasts.month_start

),

compared as (

    select
        *,
        case when demand_p50 is not null and capacity is not null then lesser end as deliverable
    from months

),

final as (

    select
        {{ surrogate_key(['compared.segment_id', 'compared.month_start']) }} as gap_id,
        compared.segment_id,
        'all' as region,
        'all' as product,
        compared.month_start,
        {{ fiscal_columns('compared.month_start', 'run_context.fiscal_year_start_month') }},

        compared.demand_p10,
        compared.demand_p50,
        compared.demand_p90,
        compared.capacity,
        compared.target,
        compared.deliverable,
        {{ money('compared.demand_p50 - compared.deliverable') }} as unmet_demand,
        {{ money('compared.capacity - compared.deliverable') }} as idle_capacity,
        {{ money('compared.target - compared.deliverable') }} as gap_amount,

        case
            when compared.deliverable is null then 'unknown'
            when compared.deliverable >= compared.target then 'none'
            when compared.demand_p50 < compared.capacity then 'demand'
            else 'sales capacity'
        end as binding_constraint,
        {{ round_float(
            '1 - ' ~ p_at_most('compared.capacity', 'compared.demand_p10', 'compared.demand_p50', 'compared.demand_p90')
        ) }} as p_shortfall
    from compared
    cross join {{ source('config', 'run_context') }} as run_context

)

select * from final
