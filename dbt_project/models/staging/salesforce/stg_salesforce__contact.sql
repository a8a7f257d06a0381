with source as (

    {{ latest_version('salesforce__contact', key='Id', cursor='LastModifiedDate', keep_absent=true) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as contact_id,
        _source as source,
        Id as source_contact_id,
        AccountId as source_account_id,
        OwnerId as source_owner_id,

        FirstName as first_name,
        LastName as last_name,
        Email as email,
        Phone as phone,
        Title as title,
        Department as department,
        LeadSource as lead_source,
        MailingStreet as mailing_street,
        MailingCity as mailing_city,
        MailingState as mailing_state,
        MailingPostalCode as mailing_postal_code,
        MailingCountry as mailing_country,

        coalesce(IsDeleted, false) or is_absent as is_deleted,

        CreatedDate as created_at
    from source

)

select * from renamed
