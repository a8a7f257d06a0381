with source as (

    {{ latest_version('hubspot__associations_deals_companies', key='deal_id, company_id, type') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'deal_id', 'company_id', 'type']) }} as deal_company_key,
        _source as source,
        deal_id as source_deal_id,
        company_id as source_company_id,

        type as association_type
    from source

)

select * from renamed
