-- When each lead was qualified: by marketing on its first entry into a configured status or lifecycle
-- stage, by sales as its CRM says it.
with history as (

    select
        lead_id,
        lower(new_value) as status_text,
        changed_at
    from {{ ref('int_lead_history_unioned') }}
    where lower(field) = 'status'

),

leads as (

    select
        *,
        lower(status) as status_text,
        lower(lifecycle_stage) as stage_text
    from {{ ref('dim_lead') }}
    where not is_deleted

),

-- Patterns are matched once per distinct wording, not once per lead.
wordings as (

    select status_text from history

    union distinct

    select status_text from leads

    union distinct

    select stage_text from leads

),

meanings as (

    select
        wordings.status_text,
        max(case when stages.stage = 'mql' then 1 else 0 end) = 1 as is_mql_status,
        max(case when stages.stage = 'closed' then 1 else 0 end) = 1 as is_closed_status
    from wordings
    inner join {{ source('config', 'funnel_stage') }} as stages on wordings.status_text like stages.pattern
    group by wordings.status_text

),

qualified as (

    select
        history.lead_id,
        min(history.changed_at) as mql_at
    from history
    inner join meanings on history.status_text = meanings.status_text
    where meanings.is_mql_status
    group by history.lead_id

),

flagged as (

    select
        leads.lead_id,
        leads.source,
        segments.segment_id,
        coalesce(leads.lead_source, 'unknown') as lead_source,
        leads.created_date,
        {{ business_date('qualified.mql_at', 'run_context.company_timezone') }} as mql_date,
        leads.converted_opportunity_id,
        leads.is_converted,
        leads.sales_qualified_date,
        leads.is_sales_qualified as is_sql,
        coalesce(meanings.is_mql_status, false) or coalesce(stages.is_mql_status, false) as is_mql_status,
        coalesce(meanings.is_closed_status, false) or coalesce(stages.is_closed_status, false) as is_closed_status
    from leads
    cross join {{ source('config', 'run_context') }} as run_context
    inner join {{ ref('int_lead_segmented') }} as segments on leads.lead_id = segments.lead_id
    left join qualified on leads.lead_id = qualified.lead_id
    left join meanings on leads.status_text = meanings.status_text
    left join meanings as stages on leads.stage_text = stages.status_text

),

final as (

    select
        flagged.lead_id,
        flagged.source,
        flagged.segment_id,
        flagged.lead_source,

        not flagged.is_converted and not flagged.is_closed_status as is_open,
        flagged.mql_date is not null or flagged.is_mql_status or flagged.is_sql as is_mql,
        flagged.is_sql,
        flagged.is_sql and coalesce(opportunities.is_won and opportunities.is_counted, false) as is_won,

        flagged.created_date,
        {{ month_start('flagged.created_date') }} as cohort_month,
        flagged.mql_date,
        case when flagged.is_sql then flagged.sales_qualified_date end as sql_date
    from flagged
    left join {{ ref('fct_opportunity') }} as opportunities
        on flagged.converted_opportunity_id = opportunities.opportunity_id

)

select * from final
