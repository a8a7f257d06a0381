-- Every won deal that counts is in daily_sales once, and in exactly one sale type.
with mart as (

    select
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(revenue), 0) as revenue,
        coalesce(sum(orders_new + orders_expansion + orders_renewal), 0) as orders_by_type,
        coalesce(sum(revenue_new + revenue_expansion + revenue_renewal), 0) as revenue_by_type
    from {{ ref('daily_sales') }}

),

deals as (

    select
        count(*) as orders,
        coalesce(sum(amount), 0) as revenue
    from {{ ref('fct_opportunity') }}
    where
        is_won
        and is_counted

)

select
    mart.orders,
    mart.revenue,
    mart.orders_by_type,
    mart.revenue_by_type,
    deals.orders as won_orders,
    deals.revenue as won_revenue
from mart
cross join deals
where
    mart.orders <> deals.orders
    or mart.orders_by_type <> deals.orders
    or mart.revenue <> deals.revenue
    or mart.revenue_by_type <> deals.revenue
