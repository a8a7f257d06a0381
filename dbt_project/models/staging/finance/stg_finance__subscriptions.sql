with source as (

    {{ latest_version('finance__subscriptions', key='account, product, start') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'account', 'product', 'start']) }} as subscription_key,
        _source as source,
        account as source_account,

        product as product_name,
        currency,

        {{ money('mrr') }} as mrr,

        start as start_date,
        {{ adapter.quote('end') }} as end_date
    from source

)

select * from renamed
