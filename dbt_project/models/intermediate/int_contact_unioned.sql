-- The people at accounts of every CRM in one vocabulary; see int_account_unioned for what merging does.
with salesforce as (

    select
        contacts.contact_id,
        contacts.source,
        contacts.source_contact_id,
        {{ survivor('merged_account', 'contacts.source_account_id') }} as source_account_id,
        contacts.source_owner_id,

        contacts.first_name,
        contacts.last_name,
        contacts.email,
        contacts.phone,
        contacts.title,
        contacts.department,
        contacts.lead_source,
        contacts.mailing_country,

        contacts.is_deleted,

        contacts.created_at
    from {{ ref('stg_salesforce__contact') }} as contacts
    {{ join_merged('merged_account', 'account', 'contacts.source', 'contacts.source_account_id') }}

),

hubspot as (

    select
        contacts.contact_key as contact_id,
        contacts.source,
        contacts.source_contact_id,
        employers.source_company_id as source_account_id,
        contacts.source_owner_id,

        contacts.first_name,
        contacts.last_name,
        contacts.email,
        contacts.phone,
        contacts.title,
        cast(null as string) as department,
        {{ hubspot_label('contacts.analytics_source') }} as lead_source,
        contacts.country as mailing_country,

        contacts.is_deleted or merged.source_record_id is not null as is_deleted,

        contacts.created_at
    from {{ ref('stg_hubspot__contacts') }} as contacts
    left join {{ ref('int_hubspot_contact_company') }} as employers on contacts.contact_key = employers.contact_id
    {{ join_merged('merged', 'contact', 'contacts.source', 'contacts.source_contact_id') }}

)

select * from salesforce

union all

select * from hubspot
