with final as (

    select
        contacts.contact_id,
        contacts.source,
        contacts.source_contact_id,
        accounts.account_id,
        {{ entity_id('contacts.source', 'contacts.source_owner_id') }} as owner_id,
        contacts.contact_id as cluster_id,

        contacts.first_name,
        contacts.last_name,
        contacts.email,
        contacts.phone,
        contacts.title,
        contacts.department,
        contacts.lead_source,
        contacts.mailing_country,

        contacts.is_deleted,

        {{ business_date('contacts.created_at', 'run_context.company_timezone') }} as created_date
    from {{ ref('int_contact_unioned') }} as contacts
    cross join {{ source('config', 'run_context') }} as run_context
    left join {{ ref('int_account_unioned') }} as accounts
        on
            contacts.source = accounts.source
            and contacts.source_account_id = accounts.source_account_id

)

select * from final
