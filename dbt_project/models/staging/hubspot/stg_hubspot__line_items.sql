with source as (

    {{ latest_version('hubspot__line_items', key='hs_object_id', cursor='hs_lastmodifieddate') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'hs_object_id']) }} as line_key,
        _source as source,
        hs_object_id as source_line_id,

        name as product_name,
        hs_sku as sku,
        hs_line_item_currency_code as currency,

        quantity,
        {{ money('price') }} as unit_price,
        hs_discount_percentage as discount_pct,
        {{ money('amount') }} as total_price,

        createdate as created_at,
        hs_lastmodifieddate as modified_at
    from source

)

select * from renamed
