with lines as (

    select
        lines.line_id,
        lines.source,
        lines.source_line_id,
        lines.opportunity_id,
        products.product_id,
        lines.quantity,
        coalesce(lines.list_price, products.list_price) as list_price,
        lines.unit_price,
        lines.total_price,
        lines.discount_pct,
        lines.service_date
    from {{ ref('int_opportunity_line_unioned') }} as lines
    inner join {{ ref('fct_opportunity') }} as opportunities on lines.opportunity_id = opportunities.opportunity_id
    left join {{ ref('dim_product') }} as products on lines.product_id = products.product_id

),

final as (

    select
        line_id,
        source,
        source_line_id,
        opportunity_id,
        product_id,

        quantity,
        list_price,
        unit_price,
        {{ money('coalesce(total_price, quantity * cast(unit_price as double) * (1 - coalesce(discount_pct, 0) / 100))') }}
            as total_price,
        -- The stated discount, else what the price paid tells: list price and unit price apart.
        coalesce(
            {{ round_float('discount_pct') }},
            {{ ratio('list_price - unit_price', 'list_price', scale=100) }}
        ) as discount_pct,

        service_date
    from lines

)

select * from final
