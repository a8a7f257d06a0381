-- The monthly and the daily mart tell one story: bookings and orders by month are equal.
with daily as (

    select
        {{ month_start('date_day') }} as month_start,
        sum(revenue) as revenue,
        sum(orders) as orders
    from {{ ref('daily_sales') }}
    group by {{ month_start('date_day') }}

),

monthly as (

    select
        month_start,
        bookings,
        won_n
    from {{ ref('team_performance_month') }}
    where is_default_scope

)

select
    monthly.month_start,
    monthly.bookings,
    monthly.won_n,
    daily.revenue,
    daily.orders
from monthly
left join daily on monthly.month_start = daily.month_start
where
    monthly.bookings <> coalesce(daily.revenue, 0)
    or monthly.won_n <> coalesce(daily.orders, 0)
