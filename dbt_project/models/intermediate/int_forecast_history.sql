-- What is forecast: complete months of sales-qualified leads and revenue, by segment and in total.
with final as (

    select
        {{ surrogate_key(['history.series_id', 'history.period_start']) }} as forecast_history_id,
        history.series_id,
        series.level,
        series.parent_series_id as parent_id,
        history.value,
        history.period_start
    from {{ ref('demand_series') }} as history
    inner join {{ ref('dim_series') }} as series on history.series_id = series.series_id
    where
        history.is_complete
        and series.measure in ('sql', 'revenue')

)

select * from final
