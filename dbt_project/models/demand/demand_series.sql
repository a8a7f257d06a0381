-- Zero-filled from the company's first complete month to the month of as_of, which may be incomplete. Sum within one level.
with months as (

    select
        {{ add_months('span.first_complete_month', 'cast(numbers.n as integer)') }} as period_start,
        span.as_of,
        run_context.fiscal_year_start_month
    from {{ ref('int_company_span') }} as span
    cross join {{ source('config', 'run_context') }} as run_context
    inner join {{ whole_numbers(1200) }} as numbers
        on {{ add_months('span.first_complete_month', 'cast(numbers.n as integer)') }} <= span.as_of

),

final as (

    select
        {{ surrogate_key(['series.series_id', "'month'", 'months.period_start']) }} as demand_series_id,
        series.series_id,
        'month' as period_type,
        months.period_start,
        {{ fiscal_columns('months.period_start', 'months.fiscal_year_start_month') }},
        coalesce({{ round_float('sums.event_value') }}, cast(0 as double)) as value,
        {{ add_days(add_months('months.period_start', 1), -1) }} <= months.as_of as is_complete
    from {{ ref('dim_series') }} as series
    cross join months
    left join {{ ref('int_demand_month') }} as sums
        on
            series.series_id = sums.series_id
            and months.period_start = sums.period_start

)

select * from final
