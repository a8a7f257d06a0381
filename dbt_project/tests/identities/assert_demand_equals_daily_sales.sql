-- Orders and revenue of complete months are those of the daily mart, in total and by segment, whichever has the month.
with daily as (

    select
        sales.segment_id,
        {{ month_start('sales.date_day') }} as period_start,
        sum(sales.orders) as orders,
        sum(sales.revenue) as revenue
    from {{ ref('daily_sales') }} as sales
    cross join {{ ref('int_company_span') }} as span
    where
        sales.date_day >= span.first_complete_month
        and {{ add_days(add_months(month_start('sales.date_day'), 1), -1) }} <= span.as_of
    group by sales.segment_id, {{ month_start('sales.date_day') }}

),

expected as (

    select
        segment_id,
        period_start,
        orders,
        revenue
    from daily

    union all

    select
        'all' as segment_id,
        period_start,
        sum(orders) as orders,
        sum(revenue) as revenue
    from daily
    group by period_start

),

demand as (

    select
        series.segment_id,
        months.period_start,
        sum(case when series.measure = 'orders' then months.value end) as orders,
        sum(case when series.measure = 'revenue' then months.value end) as revenue
    from {{ ref('demand_series') }} as months
    inner join {{ ref('dim_series') }} as series on months.series_id = series.series_id
    where
        months.is_complete
        and series.measure in ('orders', 'revenue')
    group by series.segment_id, months.period_start

)

select
    coalesce(expected.segment_id, demand.segment_id) as segment_id,
    coalesce(expected.period_start, demand.period_start) as period_start,
    expected.orders,
    demand.orders as demand_orders,
    expected.revenue,
    demand.revenue as demand_revenue
from expected
full outer join demand
    on
        expected.segment_id = demand.segment_id
        and expected.period_start = demand.period_start
where
    coalesce(expected.orders, 0) <> coalesce(demand.orders, 0)
    or coalesce(expected.revenue, 0) <> {{ money('coalesce(demand.revenue, 0)') }}
