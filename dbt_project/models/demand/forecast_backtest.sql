with final as (

    select
        {{ surrogate_key(['series_id', 'model']) }} as forecast_backtest_id,
        series_id,
        model,
        is_used,
        cast(n as integer) as n,
        {{ round_float('mase') }} as mase,
        {{ round_float('smape') }} as smape,
        {{ round_float('coverage_80') }} as coverage_80
    from {{ source('planning', 'forecast_backtest') }}

)

select * from final
