with source as (

    {{ latest_version('hubspot__associations_deals_contacts', key='deal_id, contact_id, type') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'deal_id', 'contact_id', 'type']) }} as deal_contact_key,
        _source as source,
        deal_id as source_deal_id,
        contact_id as source_contact_id,

        type as association_type
    from source

)

select * from renamed
