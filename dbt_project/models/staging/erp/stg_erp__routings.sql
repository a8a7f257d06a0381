with source as (

    {{ latest_version('erp__routings', key='item, resource') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'item', 'resource']) }} as routing_key,
        {{ entity_id('_source', 'item') }} as item_id,
        {{ entity_id('_source', 'resource') }} as resource_id,
        _source as source,

        hours_each,
        units_each
    from source

)

select * from renamed
