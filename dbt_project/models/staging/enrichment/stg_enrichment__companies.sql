with source as (

    {{ latest_version('enrichment__companies', key='domain, source, date') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'domain', 'source', 'date']) }} as company_lookup_key,
        _source as source,

        domain,
        industry,
        size as size_band,
        country,
        source as provider,

        date as lookup_date
    from source

)

select * from renamed
