-- 0 only where the company's exports capture that type of activity by then; before its first trace, or without any, NULL.
{%- set measures = {
    'email': 'emails_sent',
    'call': 'calls_made',
    'meeting': 'meetings_held',
    'demo': 'demos_completed',
    'proposal': 'proposals_sent',
} %}
{%- set statuses = {
    'email': 'emails',
    'call': 'calls',
    'meeting': 'meetings',
    'demo': 'demos',
    'proposal': 'proposals',
} %}
with capture as (

    select
        min(case when activity_type = 'email' then local_day end) as email_since,
        min(case when activity_type = 'call' then local_day end) as call_since,
        min(case when activity_type = 'meeting' then local_day end) as meeting_since,
        min(case when activity_type = 'demo' then local_day end) as demo_since,
        min(case when activity_type = 'proposal' then local_day end) as proposal_since
    from {{ ref('fct_activity') }}

),

rep_days as (

    select
        users.user_id,
        days.date_day,
        days.working_minutes,
        span.first_event_date
    from {{ ref('dim_user') }} as users
    cross join {{ ref('int_company_span') }} as span
    inner join {{ ref('dim_date') }} as days
        on
            days.date_day >= greatest(
                span.first_event_date,
                coalesce(users.hire_date, users.created_date, span.first_event_date)
            )
            and days.date_day <= least(span.as_of, coalesce(users.end_date, span.as_of))
    where
        users.is_rep
        and users.is_current

),

done_activities as (

    select
        owner_id,
        local_day,
        activity_type,
        minutes,
        -- A received e-mail was sent by somebody else.
        case when activity_type <> 'email' or not coalesce(is_received, false) then activity_type end as sent_type
    from {{ ref('fct_activity') }}
    where
        is_done
        and coalesce(is_held, true)

),

done as (

    select
        owner_id as user_id,
        local_day as date_day,
        {%- for activity_type, measure in measures.items() %}
        sum(case when sent_type = '{{ activity_type }}' then 1 else 0 end) as {{ measure }},
        {%- endfor %}
        cast(sum({{ exact("case when activity_type = 'call' then minutes end") }}) as double) as call_minutes
    from done_activities
    group by owner_id, local_day

),

created as (

    select
        opportunities.owner_id as user_id,
        {{ business_date('opportunities.created_at', 'owners.local_time_zone') }} as date_day,
        count(*) as opportunities_created
    from {{ ref('fct_opportunity') }} as opportunities
    inner join {{ ref('dim_user') }} as owners
        on
            opportunities.owner_id = owners.user_id
            and owners.is_current
    where opportunities.is_counted
    group by
        opportunities.owner_id,
        {{ business_date('opportunities.created_at', 'owners.local_time_zone') }}

),

captured as (

    select
        rep_days.*,
        {%- for activity_type, status in statuses.items() %}
        coalesce(rep_days.date_day >= capture.{{ activity_type }}_since, false) as has_{{ status }},
        {%- endfor %}
        done.call_minutes as call_minutes_seen,
        {%- for activity_type, measure in measures.items() %}
        done.{{ measure }} as {{ measure }}_seen,
        {%- endfor %}
        created.opportunities_created,
        selling.selling_minutes as selling_minutes_seen
    from rep_days
    cross join capture
    left join done
        on
            rep_days.user_id = done.user_id
            and rep_days.date_day = done.date_day
    left join created
        on
            rep_days.user_id = created.user_id
            and rep_days.date_day = created.date_day
    left join {{ ref('int_selling_minutes') }} as selling
        on
            rep_days.user_id = selling.user_id
            and rep_days.date_day = selling.date_day

),

measured as (

    select
        *,
        case when has_calls or has_meetings or has_demos then coalesce(selling_minutes_seen, 0) end as selling_minutes_raw,
        case when has_calls then coalesce(call_minutes_seen, 0) end as call_minutes_raw,
        case
            when (has_calls or has_meetings or has_demos) and working_minutes > 0 then working_minutes
        end as selling_minutes_possible
    from captured

),

rounded as (

    select
        *,
        {{ round_float('selling_minutes_raw') }} as selling_minutes,
        {{ round_float('call_minutes_raw') }} as call_minutes
    from measured

),

final as (

    select
        {{ surrogate_key(['user_id', 'date_day']) }} as rep_activity_day_id,
        user_id,
        date_day,
        {%- for activity_type, measure in measures.items() %}

        case when has_{{ statuses[activity_type] }} then cast(coalesce({{ measure }}_seen, 0) as bigint) end as {{ measure }},
        {%- endfor %}
        call_minutes,
        cast(coalesce(opportunities_created, 0) as bigint) as opportunities_created,
        {%- for status in statuses.values() %}

        case when has_{{ status }} then 'captured' else 'not_captured' end as {{ status }}_capture_status,
        {%- endfor %}

        selling_minutes,
        case when selling_minutes_possible is not null then selling_minutes end as selling_pct_num,
        selling_minutes_possible as selling_pct_den,
        {{ ratio('selling_minutes', 'selling_minutes_possible', scale=100) }} as selling_pct
    from rounded

)

select * from final
