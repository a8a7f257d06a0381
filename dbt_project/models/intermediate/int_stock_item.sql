-- Demand belongs to the item: with several locations it is split evenly, while its value stays whole, so that an item has one
-- class everywhere. Only weeks that lie wholly within the orders count, as far back as the parameters say.
with latest as (

    select
        stock.*,
        row_number() over (
            partition by stock.item_id, stock.location
            order by stock.stock_date desc, stock.stock_key asc
        ) as day_rank
    from {{ ref('stg_erp__stock') }} as stock
    cross join {{ source('config', 'run_context') }} as run_context
    where
        stock.stock_date <= run_context.as_of
        and stock.item_id is not null
        and stock.location is not null

),

places as (

    select
        *,
        count(*) over (partition by item_id) as locations
    from latest
    where day_rank = 1

),

orders as (

    select
        orders.item_id,
        orders.quantity,
        orders.price,
        {{ days_between('orders.order_date', 'run_context.as_of') }}
            as days_back
    from {{ ref('stg_erp__sales_orders') }} as orders
    cross join {{ source('config', 'run_context') }} as run_context
    where
        orders.order_date <= run_context.as_of
        and orders.item_id is not null
        and orders.quantity is not null

),

span as (

    select max(days_back) as first_day_back
    from orders

),

-- Parameters allow no more than 260 weeks.
weeks as (

    select numbers.n as weeks_back
    from {{ whole_numbers(260) }} as numbers
    cross join {{ source('config', 'capacity_setting') }} as settings
    cross join span
    where
        numbers.n < settings.stock_history_weeks
        and numbers.n * 7 + 6 <= span.first_day_back

),

week_sums as (

    select
        item_id,
        cast(floor(days_back / 7) as bigint) as weeks_back,
        cast(sum({{ exact('quantity') }}) as double) as quantity
    from orders
    group by item_id, cast(floor(days_back / 7) as bigint)

),

demand as (

    select
        places.item_id,
        places.location,
        {{ ordered_list(
            round_float('coalesce(week_sums.quantity, 0) / places.locations'), '-weeks.weeks_back'
        ) }} as weekly_demand
    from places
    cross join weeks
    left join week_sums
        on
            places.item_id = week_sums.item_id
            and weeks.weeks_back = week_sums.weeks_back
    group by places.item_id, places.location

),

year_values as (

    select
        item_id,
        cast(sum({{ exact('quantity * price') }}) as double) as yearly_value
    from orders
    where days_back < 365
    group by item_id

),

deliveries as (

    select
        purchases.item_id,
        {{ ordered_list(
            'cast(' ~ days_between('purchases.ordered_date', 'purchases.received_date') ~ ' as double)',
            'purchases.purchase_order_key'
        ) }} as lead_times
    from {{ ref('stg_erp__purchase_orders') }} as purchases
    cross join {{ source('config', 'run_context') }} as run_context
    where
        purchases.item_id is not null
        and purchases.received_date >= purchases.ordered_date
        and purchases.received_date <= run_context.as_of
    group by purchases.item_id

),

final as (

    select
        {{ surrogate_key(['places.item_id', 'places.location']) }} as stock_item_id,
        places.item_id,
        places.location,
        demand.weekly_demand,
        cast(items.unit_cost as double) as unit_cost,
        coalesce({{ round_float('cast(year_values.yearly_value as double)') }}, cast(0 as double)) as yearly_value,
        places.on_hand,
        places.on_order,
        places.reserved,
        cast(items.lead_time_days as double) as lead_time_days,
        deliveries.lead_times,
        items.moq
    from places
    left join demand
        on
            places.item_id = demand.item_id
            and places.location = demand.location
    left join {{ ref('stg_erp__items') }} as items on places.item_id = items.item_id
    left join year_values on places.item_id = year_values.item_id
    left join deliveries on places.item_id = deliveries.item_id

)

select * from final
