with source as (

    {{ latest_version('hubspot__associations_contacts_companies', key='contact_id, company_id, type') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'contact_id', 'company_id', 'type']) }} as contact_company_key,
        _source as source,
        contact_id as source_contact_id,
        company_id as source_company_id,

        type as association_type
    from source

)

select * from renamed
