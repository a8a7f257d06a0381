with source as (

    {{ latest_version('salesforce__account', key='Id', cursor='LastModifiedDate', keep_absent=true) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as account_id,
        _source as source,
        Id as source_account_id,
        ParentId as source_parent_account_id,
        OwnerId as source_owner_id,
        MasterRecordId as source_master_account_id,

        Name as account_name,
        Type as account_type,
        Industry as industry,
        Website as website,
        BillingStreet as billing_street,
        BillingCity as billing_city,
        BillingState as billing_state,
        BillingPostalCode as billing_postal_code,
        BillingCountry as billing_country,

        NumberOfEmployees as employees,
        {{ money('AnnualRevenue') }} as annual_revenue,

        coalesce(IsDeleted, false) or is_absent as is_deleted,

        LastActivityDate as last_activity_date,
        CreatedDate as created_at
    from source

)

select * from renamed
