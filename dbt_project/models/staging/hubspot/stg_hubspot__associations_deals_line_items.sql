with source as (

    {{ latest_version('hubspot__associations_deals_line_items', key='deal_id, line_item_id, type') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'deal_id', 'line_item_id', 'type']) }} as deal_line_key,
        _source as source,
        deal_id as source_deal_id,
        line_item_id as source_line_id,

        type as association_type
    from source

)

select * from renamed
