with source as (

    {{ latest_version('salesforce__forecasting_quota', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as quota_id,
        {{ entity_id('_source', 'QuotaOwnerId') }} as user_id,
        _source as source,
        Id as source_quota_id,
        QuotaOwnerId as source_user_id,

        ProductFamily as product_family,
        CurrencyIsoCode as currency,

        {{ money('QuotaAmount') }} as quota_amount,

        StartDate as start_date
    from source

)

select * from renamed
