with source as (

    {{ latest_version('finance__exchange_rates', key='currency, date') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'currency', 'date']) }} as exchange_rate_key,
        _source as source,

        currency,

        rate,

        date as rate_date
    from source

)

select * from renamed
