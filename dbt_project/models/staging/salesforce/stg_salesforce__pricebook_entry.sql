with source as (

    {{ latest_version('salesforce__pricebook_entry', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as pricebook_entry_id,
        {{ entity_id('_source', 'Product2Id') }} as product_id,
        _source as source,
        Id as source_pricebook_entry_id,
        Pricebook2Id as source_pricebook_id,

        CurrencyIsoCode as currency,

        {{ money('UnitPrice') }} as unit_price,

        coalesce(IsActive, true) as is_active
    from source

)

select * from renamed
