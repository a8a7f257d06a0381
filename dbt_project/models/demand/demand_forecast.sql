-- is_used marks the model that was chosen on held-out months: one row per series and month is the forecast.
with final as (

    select
        {{ surrogate_key(['series_id', 'origin', 'horizon', 'model']) }} as demand_forecast_id,
        series_id,
        model,
        cast(horizon as integer) as horizon,
        is_used,
        {%- for figure in ['mean', 'p10', 'p50', 'p90'] %}
        {{ round_float(figure) }} as {{ figure }},
        {%- endfor %}
        origin,
        period_start
    from {{ source('planning', 'demand_forecast') }}

)

select * from final
