-- The company that a contact works for: the one on the contact itself, else the primary one of its associations.
with named as (

    select
        source,
        source_contact_id,
        source_company_id,
        0 as preference
    from {{ ref('stg_hubspot__contacts') }}
    where source_company_id is not null

    union all

    select
        source,
        source_contact_id,
        source_company_id,
        case when lower(association_type) like '%primary%' then 1 else 2 end as preference
    from {{ ref('stg_hubspot__associations_contacts_companies') }}

),

ranked as (

    select
        named.source,
        {{ survivor('merged_contact', 'named.source_contact_id') }} as source_contact_id,
        {{ survivor('merged_company', 'named.source_company_id') }} as source_company_id,
        row_number() over (
            partition by named.source, {{ survivor('merged_contact', 'named.source_contact_id') }}
            order by
                -- What the surviving contact says of itself comes before what was said of those that went into it.
                case when merged_contact.source_record_id is null then 0 else 1 end,
                named.preference,
                {{ survivor('merged_company', 'named.source_company_id') }}
        ) as preference_rank
    from named
    {{ join_merged('merged_contact', 'contact', 'named.source', 'named.source_contact_id') }}
    {{ join_merged('merged_company', 'account', 'named.source', 'named.source_company_id') }}

),

final as (

    select
        {{ surrogate_key(['source', 'source_contact_id']) }} as contact_id,
        source,
        source_contact_id,
        source_company_id
    from ranked
    where preference_rank = 1

)

select * from final
