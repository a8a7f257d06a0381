with source as (

    {{ latest_version('erp__sales_orders', key=adapter.quote('order') ~ ', line') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', adapter.quote('order'), 'line']) }} as sales_order_key,
        {{ entity_id('_source', 'item') }} as item_id,
        _source as source,
        account as source_account,

        quantity,
        {{ money('price') }} as price,

        date as order_date
    from source

)

select * from renamed
