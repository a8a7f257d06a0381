-- What is forecast: complete months of sales-qualified leads and revenue, by segment and in total. The months before the first
-- event of a measure are no zeros: deals take their time before one is won.
with firsts as (

    select
        series.measure,
        min(history.period_start) as first_month
    from {{ ref('demand_series') }} as history
    inner join {{ ref('dim_series') }} as series on history.series_id = series.series_id
    where
        series.level = 'total'
        and history.value <> 0
    group by series.measure

),

final as (

    select
        {{ surrogate_key(['history.series_id', 'history.period_start']) }} as forecast_history_id,
        history.series_id,
        series.level,
        series.parent_series_id as parent_id,
        history.value,
        history.period_start
    from {{ ref('demand_series') }} as history
    inner join {{ ref('dim_series') }} as series on history.series_id = series.series_id
    inner join firsts
        on
            series.measure = firsts.measure
            and history.period_start >= firsts.first_month
    where
        history.is_complete
        and series.measure in ('sql', 'revenue')

)

select * from final
