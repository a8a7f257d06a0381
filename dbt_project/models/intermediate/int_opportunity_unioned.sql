-- The deals of every CRM in one vocabulary; see int_account_unioned for what merging does. HubSpot names stages by id: their
-- labels come from the pipeline; a stage that no pipeline has keeps its id as its name, so that no deal vanishes for it.
with salesforce as (

    select
        opportunities.opportunity_id,
        opportunities.source,
        opportunities.source_opportunity_id,
        {{ survivor('merged_account', 'opportunities.source_account_id') }} as source_account_id,
        opportunities.source_owner_id,
        opportunities.source_campaign_id,
        opportunities.pipeline_id,

        opportunities.opportunity_name,
        opportunities.stage_name,
        opportunities.opportunity_type,
        opportunities.lead_source,
        opportunities.next_step,
        opportunities.forecast_category,
        opportunities.loss_reason,
        opportunities.currency,

        opportunities.amount,
        opportunities.probability_pct,

        opportunities.is_closed,
        opportunities.is_won,
        opportunities.is_deleted,

        opportunities.close_date,
        opportunities.last_activity_date,
        opportunities.created_at,
        opportunities.modified_at
    from {{ ref('stg_salesforce__opportunity') }} as opportunities
    {{ join_merged('merged_account', 'account', 'opportunities.source', 'opportunities.source_account_id') }}

),

-- Where a deal came from is where the first of its contacts came from.
origins as (

    select
        associations.source,
        associations.source_deal_id,
        contacts.analytics_source,
        row_number() over (
            partition by associations.source, associations.source_deal_id
            order by contacts.created_at asc nulls last, contacts.source_contact_id asc
        ) as contact_rank
    from {{ ref('int_hubspot_deal_contact') }} as associations
    inner join {{ ref('stg_hubspot__contacts') }} as contacts
        on
            associations.source = contacts.source
            and associations.source_contact_id = contacts.source_contact_id
    where contacts.analytics_source is not null

),

hubspot as (

    select
        deals.deal_key as opportunity_id,
        deals.source,
        deals.source_deal_id as source_opportunity_id,
        companies.source_company_id as source_account_id,
        deals.source_owner_id,
        cast(null as string) as source_campaign_id,
        deals.pipeline_id,

        deals.deal_name as opportunity_name,
        coalesce(stages.stage_name, deals.source_stage_id) as stage_name,
        case lower(deals.deal_type)
            when 'newbusiness' then 'New Business'
            when 'existingbusiness' then 'Existing Business'
            else deals.deal_type
        end as opportunity_type,
        {{ hubspot_label('origins.analytics_source') }} as lead_source,
        cast(null as string) as next_step,
        case lower(deals.forecast_category)
            when 'omit' then 'Omitted'
            when 'pipeline' then 'Pipeline'
            when 'best_case' then 'Best Case'
            when 'commit' then 'Commit'
            when 'closed' then 'Closed'
            else deals.forecast_category
        end as forecast_category,
        deals.loss_reason,
        deals.currency,

        deals.amount,
        deals.probability * 100 as probability_pct,

        -- The stage says whether a deal is closed; of an unknown one HubSpot's probability does, which is 0 or 1 for closed
        -- ones only.
        case when stages.stage_name is null then deals.is_won or deals.probability in (0, 1) end as is_closed,
        case when deals.is_won then true end as is_won,
        deals.is_deleted or merged.source_record_id is not null as is_deleted,

        {{ business_date('deals.closes_at', 'run_context.company_timezone') }} as close_date,
        cast(null as date) as last_activity_date,
        deals.created_at,
        deals.modified_at
    from {{ ref('stg_hubspot__deals') }} as deals
    cross join {{ source('config', 'run_context') }} as run_context
    left join {{ ref('int_stage_defined') }} as stages
        on
            deals.source = stages.source
            and deals.pipeline_id = stages.pipeline_id
            and deals.source_stage_id = stages.source_stage_id
    left join {{ ref('int_hubspot_deal_company') }} as companies on deals.deal_key = companies.opportunity_id
    left join origins
        on
            deals.source = origins.source
            and deals.source_deal_id = origins.source_deal_id
            and origins.contact_rank = 1
    {{ join_merged('merged', 'opportunity', 'deals.source', 'deals.source_deal_id') }}

)

select * from salesforce

union all

select * from hubspot
