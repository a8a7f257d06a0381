with source as (

    {{ latest_version('salesforce__lead', key='Id', cursor='LastModifiedDate', keep_absent=true) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as lead_id,
        _source as source,
        Id as source_lead_id,
        OwnerId as source_owner_id,
        ConvertedAccountId as source_converted_account_id,
        ConvertedContactId as source_converted_contact_id,
        ConvertedOpportunityId as source_converted_opportunity_id,
        MasterRecordId as source_master_lead_id,

        FirstName as first_name,
        LastName as last_name,
        Company as company,
        Title as title,
        Email as email,
        Phone as phone,
        MobilePhone as mobile_phone,
        Website as website,
        Industry as industry,
        City as city,
        State as state,
        PostalCode as postal_code,
        Country as country,
        LeadSource as lead_source,
        Status as status,

        NumberOfEmployees as employees,
        {{ money('AnnualRevenue') }} as annual_revenue,

        coalesce(IsConverted, false) as is_converted,
        coalesce(HasOptedOutOfEmail, false) as has_opted_out_of_email,
        coalesce(IsDeleted, false) or is_absent as is_deleted,

        ConvertedDate as converted_date,
        LastActivityDate as last_activity_date,
        CreatedDate as created_at,
        EmailBouncedDate as email_bounced_at
    from source

)

select * from renamed
