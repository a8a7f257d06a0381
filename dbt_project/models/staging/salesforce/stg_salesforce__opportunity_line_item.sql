with source as (

    {{ latest_version('salesforce__opportunity_line_item', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as line_id,
        {{ entity_id('_source', 'OpportunityId') }} as opportunity_id,
        {{ entity_id('_source', 'Product2Id') }} as product_id,
        _source as source,
        Id as source_line_id,
        PricebookEntryId as source_pricebook_entry_id,

        Quantity as quantity,
        {{ money('ListPrice') }} as list_price,
        {{ money('UnitPrice') }} as unit_price,
        {{ money('TotalPrice') }} as total_price,
        Discount as discount_pct,

        ServiceDate as service_date
    from source

)

select * from renamed
