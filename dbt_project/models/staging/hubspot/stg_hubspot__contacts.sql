with source as (

    {{ latest_version('hubspot__contacts', key='hs_object_id', cursor='lastmodifieddate', keep_absent=true) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'hs_object_id']) }} as contact_key,
        _source as source,
        hs_object_id as source_contact_id,
        associatedcompanyid as source_company_id,
        hubspot_owner_id as source_owner_id,
        hs_merged_object_ids as merged_contact_ids,

        firstname as first_name,
        lastname as last_name,
        email,
        phone,
        jobtitle as title,
        company as company_name,
        city,
        state,
        zip as postal_code,
        country,
        lifecyclestage as lifecycle_stage,
        hs_lead_status as lead_status,
        hs_analytics_source as analytics_source,

        coalesce(hs_email_optout, false) as has_opted_out_of_email,
        coalesce(archived, false) or is_absent as is_deleted,

        hs_lifecyclestage_subscriber_date as subscriber_at,
        hs_lifecyclestage_lead_date as lead_at,
        hs_lifecyclestage_marketingqualifiedlead_date as marketingqualifiedlead_at,
        hs_lifecyclestage_salesqualifiedlead_date as salesqualifiedlead_at,
        hs_lifecyclestage_opportunity_date as opportunity_at,
        hs_lifecyclestage_customer_date as customer_at,
        createdate as created_at
    from source

)

select * from renamed
