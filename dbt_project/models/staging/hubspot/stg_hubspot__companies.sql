with source as (

    {{ latest_version('hubspot__companies', key='hs_object_id', cursor='hs_lastmodifieddate', keep_absent=true) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'hs_object_id']) }} as company_key,
        _source as source,
        hs_object_id as source_company_id,
        hubspot_owner_id as source_owner_id,
        hs_merged_object_ids as merged_company_ids,

        name as company_name,
        domain,
        phone,
        industry,
        city,
        state,
        zip as postal_code,
        country,
        lifecyclestage as lifecycle_stage,

        numberofemployees as employees,
        {{ money('annualrevenue') }} as annual_revenue,

        coalesce(archived, false) or is_absent as is_deleted,

        createdate as created_at
    from source

)

select * from renamed
