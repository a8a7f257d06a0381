-- Whom sales may win, of every CRM in one vocabulary. HubSpot has no leads of its own: a contact is one from the lifecycle
-- stage `lead` on, and stays one as a customer, for else a funnel would know only those who failed. Who merely subscribed is
-- no lead.
with salesforce as (

    select
        leads.lead_id,
        leads.source,
        leads.source_lead_id,
        leads.source_owner_id,
        {{ survivor('merged_account', 'leads.source_converted_account_id') }} as source_converted_account_id,
        leads.source_converted_contact_id,
        leads.source_converted_opportunity_id,

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
        cast(null as string) as lifecycle_stage,

        leads.employees,
        leads.annual_revenue,

        leads.is_converted,
        leads.is_converted and leads.source_converted_opportunity_id is not null as is_sales_qualified,
        leads.has_opted_out_of_email,
        leads.email_bounced_at is not null as has_bounced_email,
        leads.is_deleted,

        leads.converted_date,
        leads.converted_date as sales_qualified_date,
        leads.last_activity_date,
        leads.created_at
    from {{ ref('stg_salesforce__lead') }} as leads
    {{ join_merged('merged_account', 'account', 'leads.source', 'leads.source_converted_account_id') }}

),

-- The first deal that a contact was in.
deals as (

    select
        associations.source,
        associations.source_contact_id,
        deals.source_deal_id,
        deals.created_at,
        row_number() over (
            partition by associations.source, associations.source_contact_id
            order by deals.created_at asc nulls last, deals.source_deal_id asc
        ) as deal_rank
    from {{ ref('int_hubspot_deal_contact') }} as associations
    inner join {{ ref('stg_hubspot__deals') }} as deals
        on
            associations.source = deals.source
            and associations.source_deal_id = deals.source_deal_id
    where not deals.is_deleted

),

stages as (

    select
        source,
        source_contact_id,
        min(case when lifecycle_stage = 'salesqualifiedlead' then entered_at end) as accepted_at,
        min(case when lifecycle_stage = 'opportunity' then entered_at end) as opportunity_at,
        min(case when lifecycle_stage = 'customer' then entered_at end) as customer_at
    from {{ ref('int_hubspot_contact_stage') }}
    group by source, source_contact_id

),

people as (

    select
        contacts.*,
        employers.source_company_id as source_employer_id,
        companies.company_name as employer_name,
        companies.industry,
        companies.employees,
        companies.annual_revenue,
        deals.source_deal_id,
        contacts.is_deleted or merged.source_record_id is not null as is_gone,
        lower(contacts.lifecycle_stage) as stage,
        coalesce(stages.opportunity_at, stages.customer_at, deals.created_at) as converted_at,
        stages.accepted_at
    from {{ ref('stg_hubspot__contacts') }} as contacts
    left join stages
        on
            contacts.source = stages.source
            and contacts.source_contact_id = stages.source_contact_id
    left join deals
        on
            contacts.source = deals.source
            and contacts.source_contact_id = deals.source_contact_id
            and deals.deal_rank = 1
    left join {{ ref('int_hubspot_contact_company') }} as employers on contacts.contact_key = employers.contact_id
    left join {{ ref('stg_hubspot__companies') }} as companies
        on
            employers.source = companies.source
            and employers.source_company_id = companies.source_company_id
    {{ join_merged('merged', 'contact', 'contacts.source', 'contacts.source_contact_id') }}
    where lower(contacts.lifecycle_stage) not in ('subscriber', 'other')

),

converted as (

    select
        *,
        stage in ('opportunity', 'customer', 'evangelist') or source_deal_id is not null as is_converted
    from people

),

hubspot as (

    select
        converted.contact_key as lead_id,
        converted.source,
        converted.source_contact_id as source_lead_id,
        converted.source_owner_id,
        case when converted.is_converted then converted.source_employer_id end as source_converted_account_id,
        case when converted.is_converted then converted.source_contact_id end as source_converted_contact_id,
        converted.source_deal_id as source_converted_opportunity_id,

        converted.first_name,
        converted.last_name,
        coalesce(converted.company_name, converted.employer_name) as company,
        converted.title,
        converted.email,
        converted.phone,
        converted.industry,
        converted.country,
        {{ hubspot_label('converted.analytics_source') }} as lead_source,
        converted.lead_status as status,
        converted.stage as lifecycle_stage,

        converted.employees,
        converted.annual_revenue,

        converted.is_converted,
        converted.is_converted
        or converted.stage = 'salesqualifiedlead'
        or converted.accepted_at is not null as is_sales_qualified,
        converted.has_opted_out_of_email,
        false as has_bounced_email,
        converted.is_gone as is_deleted,

        case
            when converted.is_converted
                then {{ business_date('converted.converted_at', 'run_context.company_timezone') }}
        end as converted_date,
        {{ business_date('coalesce(converted.accepted_at, converted.converted_at)', 'run_context.company_timezone') }}
            as sales_qualified_date,
        cast(null as date) as last_activity_date,
        converted.created_at
    from converted
    cross join {{ source('config', 'run_context') }} as run_context

)

select * from salesforce

union all

select * from hubspot
