-- What speaks for and against each open lead: every matching rule about who it is, and what people with its address did, each
-- day worth less than the day before. Events are counted by address and day before leads are joined.
with leads as (

    select
        leads.lead_id,
        lower(trim(leads.email)) as email_key,
        lower(leads.lead_source) as lead_source,
        lower(leads.industry) as industry,
        lower(leads.country) as country,
        lower(leads.title) as title,
        leads.employees,
        leads.annual_revenue
    from {{ ref('dim_lead') }} as leads
    inner join {{ ref('int_lead_funnel') }} as funnel on leads.lead_id = funnel.lead_id
    where funnel.is_open

),

facts as (
    {% for field in ['lead_source', 'industry', 'country', 'title'] %}
    select
        lead_id,
        '{{ field }}' as field,
        {{ field }} as text_value,
        cast(null as double) as number_value
    from leads
    where {{ field }} is not null

    union all
    {% endfor %}
    {%- for field in ['employees', 'annual_revenue'] %}
    select
        lead_id,
        '{{ field }}' as field,
        cast(null as string) as text_value,
        cast({{ field }} as double) as number_value
    from leads
    where {{ field }} is not null
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

fit as (

    select
        facts.lead_id,
        'fit' as kind,
        cast(null as string) as cap_group,
        rules.rule_order,
        rules.reason,
        rules.points,
        cast(null as bigint) as events,
        cast(null as date) as last_event_date
    from facts
    inner join {{ source('config', 'score_fit_rule') }} as rules
        on
            facts.field = rules.field
            and (
                facts.text_value like rules.pattern
                or (
                    facts.number_value is not null
                    and (rules.min_value is null or facts.number_value >= rules.min_value)
                    and (rules.max_value is null or facts.number_value < rules.max_value)
                )
            )

),

types as (

    select distinct lower(event_type) as type_text
    from {{ ref('fct_marketing_event') }}

),

event_types as (

    select
        types.type_text,
        min(rules.rule_order) as rule_order
    from types
    inner join {{ source('config', 'score_behaviour_rule') }} as rules on types.type_text like rules.pattern
    group by types.type_text

),

addresses as (

    select distinct email_key
    from leads
    where email_key is not null

),

people as (

    select
        people.person_id,
        addresses.email_key
    from {{ ref('stg_encharge__people') }} as people
    inner join addresses on lower(trim(people.email)) = addresses.email_key

),

event_days as (

    select
        people.email_key,
        event_types.rule_order,
        {{ business_date('events.event_at', 'run_context.company_timezone') }} as event_date,
        run_context.as_of,
        count(*) as events
    from {{ ref('fct_marketing_event') }} as events
    cross join {{ source('config', 'run_context') }} as run_context
    inner join people on events.person_id = people.person_id
    inner join event_types on lower(events.event_type) = event_types.type_text
    group by
        people.email_key,
        event_types.rule_order,
        {{ business_date('events.event_at', 'run_context.company_timezone') }},
        run_context.as_of

),

behaviour as (

    select
        days.email_key,
        rules.cap_group,
        rules.reason,
        min(rules.rule_order) as rule_order,
        cast(sum(
            {{ exact('days.events * ' ~ decayed_points(
                'rules.points', days_between('days.event_date', 'days.as_of'), 'rules.half_life_days'
            )) }}
        ) as double) as points,
        sum(days.events) as events,
        max(days.event_date) as last_event_date
    from event_days as days
    inner join {{ source('config', 'score_behaviour_rule') }} as rules on days.rule_order = rules.rule_order
    where days.event_date <= days.as_of
    group by days.email_key, rules.cap_group, rules.reason

),

unioned as (

    select * from fit

    union all

    select
        leads.lead_id,
        'behaviour' as kind,
        behaviour.cap_group,
        behaviour.rule_order,
        behaviour.reason,
        behaviour.points,
        cast(behaviour.events as bigint) as events,
        behaviour.last_event_date
    from leads
    inner join behaviour on leads.email_key = behaviour.email_key

),

final as (

    select
        {{ surrogate_key(['lead_id', 'kind', 'rule_order']) }} as contribution_id,
        lead_id,
        kind,
        cap_group,
        rule_order,
        reason,
        {{ round_float('points') }} as points,
        events,
        last_event_date
    from unioned

)

select * from final
