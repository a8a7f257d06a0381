-- Additive over every column. Dense: each segment and owner that ever won a deal has a row on each day, 0 without a deal.
with won as (

    select
        closed_date,
        segment_id,
        owner_id,
        sale_type,
        coalesce(amount, {{ money(0) }}) as amount
    from {{ ref('fct_opportunity') }}
    where
        is_won
        and is_counted

),

sellers as (

    select distinct
        {{ surrogate_key(['segment_id', 'owner_id']) }} as seller_key,
        segment_id,
        owner_id
    from won

),

days as (

    select days.date_day
    from {{ ref('dim_date') }} as days
    cross join {{ ref('int_company_span') }} as span
    where days.date_day between {{ month_start('span.first_won_date') }} and span.last_sales_date

),

sums as (

    select
        closed_date,
        {{ surrogate_key(['segment_id', 'owner_id']) }} as seller_key,
        count(*) as orders,
        {%- for sale_type in ['new', 'expansion', 'renewal'] %}
        sum(case when sale_type = '{{ sale_type }}' then 1 else 0 end) as orders_{{ sale_type }},
        sum(case when sale_type = '{{ sale_type }}' then amount else 0 end) as revenue_{{ sale_type }},
        {%- endfor %}
        sum(amount) as revenue
    from won
    group by closed_date, segment_id, owner_id

),

final as (

    select
        {{ surrogate_key(['days.date_day', 'sellers.seller_key']) }} as daily_sales_id,
        days.date_day,
        sellers.segment_id,
        sellers.owner_id,

        cast(coalesce(sums.orders, 0) as bigint) as orders,
        cast(coalesce(sums.orders_new, 0) as bigint) as orders_new,
        cast(coalesce(sums.orders_expansion, 0) as bigint) as orders_expansion,
        cast(coalesce(sums.orders_renewal, 0) as bigint) as orders_renewal,

        {{ money('coalesce(sums.revenue, 0)') }} as revenue,
        {{ money('coalesce(sums.revenue_new, 0)') }} as revenue_new,
        {{ money('coalesce(sums.revenue_expansion, 0)') }} as revenue_expansion,
        {{ money('coalesce(sums.revenue_renewal, 0)') }} as revenue_renewal
    from days
    cross join sellers
    left join sums
        on
            days.date_day = sums.closed_date
            and sellers.seller_key = sums.seller_key

)

select * from final
