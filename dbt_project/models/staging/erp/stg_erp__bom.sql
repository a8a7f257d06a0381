with source as (

    {{ latest_version('erp__bom', key='item, component') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'item', 'component']) }} as bom_key,
        {{ entity_id('_source', 'item') }} as item_id,
        {{ entity_id('_source', 'component') }} as component_item_id,
        _source as source,

        quantity
    from source

)

select * from renamed
