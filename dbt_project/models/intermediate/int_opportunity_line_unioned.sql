-- The products within deals, of every CRM in one vocabulary. HubSpot says of a line what it sells by number (SKU), else by
-- name.
with salesforce as (

    select
        line_id,
        opportunity_id,
        product_id,
        source,
        source_line_id,
        quantity,
        list_price,
        unit_price,
        total_price,
        discount_pct,
        service_date
    from {{ ref('stg_salesforce__opportunity_line_item') }}

),

deals as (

    select
        named.source,
        named.source_line_id,
        min({{ survivor('merged', 'named.source_deal_id') }}) as source_deal_id
    from {{ ref('stg_hubspot__associations_deals_line_items') }} as named
    {{ join_merged('merged', 'opportunity', 'named.source', 'named.source_deal_id') }}
    group by named.source, named.source_line_id

),

hubspot as (

    select
        lines.line_key as line_id,
        {{ entity_id('deals.source', 'deals.source_deal_id') }} as opportunity_id,
        {{ entity_id('lines.source', 'coalesce(lines.sku, lines.product_name)') }} as product_id,
        lines.source,
        lines.source_line_id,
        lines.quantity,
        lines.unit_price as list_price,
        lines.unit_price,
        lines.total_price,
        lines.discount_pct,
        cast(null as date) as service_date
    from {{ ref('stg_hubspot__line_items') }} as lines
    left join deals
        on
            lines.source = deals.source
            and lines.source_line_id = deals.source_line_id

)

select * from salesforce

union all

select * from hubspot
