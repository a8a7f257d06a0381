with final as (

    select
        leads.lead_id,
        leads.source,
        leads.source_lead_id,
        {{ entity_id('leads.source', 'leads.source_owner_id') }} as owner_id,
        {{ entity_id('leads.source', 'leads.source_converted_account_id') }} as converted_account_id,
        {{ entity_id('leads.source', 'leads.source_converted_contact_id') }} as converted_contact_id,
        {{ entity_id('leads.source', 'leads.source_converted_opportunity_id') }} as converted_opportunity_id,
        leads.lead_id as cluster_id,

        leads.first_name,
        leads.last_name,
        leads.company,
        leads.title,
        leads.email,
        leads.phone,
        leads.industry,
        leads.country,
        leads.lead_source,
        leads.status,
        leads.lifecycle_stage,

        leads.employees,
        leads.annual_revenue,

        leads.is_converted,
        leads.is_sales_qualified,
        leads.has_opted_out_of_email,
        leads.has_bounced_email,
        leads.is_deleted,

        {{ business_date('leads.created_at', 'run_context.company_timezone') }} as created_date,
        leads.converted_date,
        leads.sales_qualified_date,
        leads.last_activity_date
    from {{ ref('int_lead_unioned') }} as leads
    cross join {{ source('config', 'run_context') }} as run_context

)

select * from final
