with source as (

    {{ latest_version('erp__price_history', key='item, currency, ' ~ adapter.quote('from')) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'item', 'currency', adapter.quote('from')]) }} as price_key,
        {{ entity_id('_source', 'item') }} as item_id,
        _source as source,

        currency,

        {{ money('list_price') }} as list_price,

        {{ adapter.quote('from') }} as from_date
    from source

)

select * from renamed
