-- Additive but for people and companies. A rate with an undated MQL in it would be a guess, so it is NULL with both its parts.
with leads as (

    select
        funnel.cohort_month,
        funnel.lead_source,
        funnel.segment_id,
        funnel.is_mql,
        funnel.is_sql,
        funnel.is_won,
        funnel.is_mql and funnel.mql_date is null as is_undated,
        coalesce(lower(leads.email), leads.lead_id) as person,
        lower(trim(leads.company)) as company
    from {{ ref('int_lead_funnel') }} as funnel
    inner join {{ ref('dim_lead') }} as leads on funnel.lead_id = leads.lead_id

),

counts as (

    select
        cohort_month,
        lead_source,
        segment_id,
        cast(count(*) as bigint) as leads,
        cast(count(distinct person) as bigint) as people,
        cast(count(distinct company) as bigint) as companies,
        {%- for stage in ['mql', 'sql', 'won'] %}
        cast(sum(case when is_{{ stage }} then 1 else 0 end) as bigint) as {{ stage }},
        {%- endfor %}
        cast(sum(case when is_undated then 1 else 0 end) as bigint) as mql_undated
    from leads
    group by cohort_month, lead_source, segment_id

),

parts as (

    select
        *,
        case when mql_undated = 0 then leads end as dated_leads,
        case when mql_undated = 0 then mql end as dated_mql,
        case when mql_undated = 0 then sql end as dated_sql
    from counts

),

final as (

    select
        {{ surrogate_key(['parts.cohort_month', 'parts.lead_source', 'parts.segment_id']) }} as lead_funnel_id,
        parts.cohort_month,
        {{ fiscal_columns('parts.cohort_month', 'run_context.fiscal_year_start_month') }},
        parts.lead_source,
        parts.segment_id,

        parts.leads,
        parts.people,
        parts.companies,
        parts.mql,
        parts.mql_undated,
        parts.sql,
        parts.won,

        {{ ratio_columns('mql_rate', 'parts.dated_mql', 'parts.dated_leads') }},
        {{ ratio_columns('sql_rate', 'parts.dated_sql', 'parts.dated_mql') }},
        {{ ratio_columns('won_rate', 'parts.won', 'parts.sql') }},

        coalesce(
            {{ add_days(add_months('parts.cohort_month', 1), 'run_context.cohort_maturity_days - 1') }} <= run_context.as_of,
            false
        ) as is_mature
    from parts
    cross join {{ source('config', 'run_context') }} as run_context

)

select * from final
