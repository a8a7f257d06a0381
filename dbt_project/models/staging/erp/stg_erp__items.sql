with source as (

    {{ latest_version('erp__items', key='item') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'item']) }} as item_id,
        _source as source,
        item as source_item_id,

        name as item_name,
        family,
        supplier,

        {{ money('unit_cost') }} as unit_cost,
        {{ money('list_price') }} as list_price,
        lead_time_days,
        moq,
        shelf_life_days
    from source

)

select * from renamed
