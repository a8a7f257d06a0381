-- What is sold, of every CRM in one vocabulary. HubSpot's products are what its lines sell; the latest line of a product
-- describes it.
with salesforce as (

    select
        product_id,
        source,
        source_product_id,
        product_name,
        product_code,
        product_family,
        unit_of_measure,
        list_price,
        is_active
    from {{ ref('stg_salesforce__product2') }}

),

lines as (

    select
        source,
        coalesce(sku, product_name) as source_product_id,
        product_name,
        sku,
        row_number() over (
            partition by source, coalesce(sku, product_name)
            order by modified_at desc nulls last, source_line_id desc
        ) as recency
    from {{ ref('stg_hubspot__line_items') }}
    where coalesce(sku, product_name) is not null

),

hubspot as (

    select
        {{ surrogate_key(['source', 'source_product_id']) }} as product_id,
        source,
        source_product_id,
        product_name,
        sku as product_code,
        cast(null as string) as product_family,
        cast(null as string) as unit_of_measure,
        -- A line's price is in the currency of its deal: it is no price of the catalogue.
        cast(null as decimal(18, 2)) as list_price,
        true as is_active
    from lines
    where recency = 1

)

select * from salesforce

union all

select * from hubspot
