-- With whom an engagement was, and about which deal: of several, the one of the smallest id.
with named as (

    select
        associations.source,
        lower(associations.engagement_type) as engagement_type,
        associations.source_engagement_id,
        lower(associations.object_type) as object_type,
        coalesce(
            merged_deal.source_survivor_id,
            merged_contact.source_survivor_id,
            merged_company.source_survivor_id,
            associations.source_object_id
        ) as source_object_id
    from {{ ref('stg_hubspot__associations_engagements') }} as associations
    left join {{ ref('int_record_merged') }} as merged_deal
        on
            lower(associations.object_type) = 'deal'
            and merged_deal.object_type = 'opportunity'
            and associations.source = merged_deal.source
            and associations.source_object_id = merged_deal.source_record_id
    left join {{ ref('int_record_merged') }} as merged_contact
        on
            lower(associations.object_type) = 'contact'
            and merged_contact.object_type = 'contact'
            and associations.source = merged_contact.source
            and associations.source_object_id = merged_contact.source_record_id
    left join {{ ref('int_record_merged') }} as merged_company
        on
            lower(associations.object_type) = 'company'
            and merged_company.object_type = 'account'
            and associations.source = merged_company.source
            and associations.source_object_id = merged_company.source_record_id

),

objects as (

    select
        source,
        engagement_type,
        source_engagement_id,
        min(case when object_type = 'deal' then source_object_id end) as source_deal_id,
        min(case when object_type = 'contact' then source_object_id end) as source_contact_id,
        min(case when object_type = 'company' then source_object_id end) as source_company_id
    from named
    group by source, engagement_type, source_engagement_id

),

final as (

    select
        {{ surrogate_key(['objects.source', 'objects.engagement_type', 'objects.source_engagement_id']) }} as engagement_id,
        objects.source,
        objects.engagement_type,
        objects.source_engagement_id,
        objects.source_deal_id,
        objects.source_contact_id,
        -- The deal's own company comes before that of whom one spoke with.
        coalesce(objects.source_company_id, companies.source_company_id, employers.source_company_id) as source_company_id
    from objects
    left join {{ ref('int_hubspot_deal_company') }} as companies
        on
            objects.source = companies.source
            and objects.source_deal_id = companies.source_deal_id
    left join {{ ref('int_hubspot_contact_company') }} as employers
        on
            objects.source = employers.source
            and objects.source_contact_id = employers.source_contact_id

)

select * from final
