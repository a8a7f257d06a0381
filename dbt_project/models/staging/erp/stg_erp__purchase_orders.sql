with source as (

    {{ latest_version('erp__purchase_orders', key=adapter.quote('order') ~ ', item') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', adapter.quote('order'), 'item']) }} as purchase_order_key,
        {{ entity_id('_source', 'item') }} as item_id,
        _source as source,

        supplier,

        quantity,

        ordered as ordered_date,
        promised as promised_date,
        received as received_date
    from source

)

select * from renamed
