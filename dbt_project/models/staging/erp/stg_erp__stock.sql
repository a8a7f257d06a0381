with source as (

    {{ latest_version('erp__stock', key='item, location, date') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'item', 'location', 'date']) }} as stock_key,
        {{ entity_id('_source', 'item') }} as item_id,
        _source as source,
        item as source_item_id,

        location,

        on_hand,
        on_order,
        reserved,

        date as stock_date
    from source

)

select * from renamed
