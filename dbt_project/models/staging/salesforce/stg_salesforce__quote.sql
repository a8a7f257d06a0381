with source as (

    {{ latest_version('salesforce__quote', key='Id', cursor='LastModifiedDate') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as quote_id,
        {{ entity_id('_source', 'OpportunityId') }} as opportunity_id,
        _source as source,
        Id as source_quote_id,

        QuoteNumber as quote_number,
        Name as quote_name,
        Status as status,

        {{ money('TotalPrice') }} as total_price,

        ExpirationDate as expiration_date,
        CreatedDate as created_at,
        LastModifiedDate as modified_at
    from source

)

select * from renamed
