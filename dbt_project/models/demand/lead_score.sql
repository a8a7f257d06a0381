-- Points by configured rules: who the lead is, and what it did of late. No probability: that needs a model and a backtest.
with contributions as (

    select
        lead_id,
        kind,
        coalesce(cap_group, '') as cap_group,
        rule_order,
        reason,
        points,
        events,
        last_event_date
    from {{ ref('int_lead_contribution') }}

),

fits as (

    select
        lead_id,
        sum({{ exact('points') }}) as points
    from contributions
    where kind = 'fit'
    group by lead_id

),

capped as (

    select
        contributions.lead_id,
        case
            when sum({{ exact('contributions.points') }}) > min(caps.max_points) then {{ exact('min(caps.max_points)') }}
            else sum({{ exact('contributions.points') }})
        end as points,
        sum(contributions.events) as events,
        max(contributions.last_event_date) as last_event_date
    from contributions
    left join {{ source('config', 'score_cap') }} as caps on contributions.cap_group = caps.cap_group
    where contributions.kind = 'behaviour'
    group by contributions.lead_id, contributions.cap_group

),

behaviours as (

    select
        lead_id,
        sum(points) as points,
        sum(events) as events,
        max(last_event_date) as last_event_date
    from capped
    group by lead_id

),

-- Behaviour under one reason is one reason, whatever groups its rules are in.
reasons as (

    select
        lead_id,
        reason,
        rule_order,
        points
    from contributions
    where kind = 'fit'

    union all

    select
        lead_id,
        reason,
        min(rule_order) as rule_order,
        {{ round_float('sum(' ~ exact('points') ~ ')') }} as points
    from contributions
    where kind = 'behaviour'
    group by lead_id, reason

),

ranked as (

    select
        lead_id,
        reason,
        points > 0 as is_reason,
        row_number() over (
            partition by lead_id, points > 0
            order by abs(points) desc, reason asc, rule_order asc
        ) as reason_rank
    from reasons
    where points <> 0

),

top_reasons as (

    select
        lead_id,
        {%- for n in [1, 2, 3] %}
        max(case when is_reason and reason_rank = {{ n }} then reason end) as reason_{{ n }},
        max(case when not is_reason and reason_rank = {{ n }} then reason end) as drag_{{ n }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from ranked
    where reason_rank <= 3
    group by lead_id

),

clamped as (

    select
        funnel.lead_id,
        funnel.segment_id,
        settings.fit_share,
        {{ round_float('least(greatest(coalesce(fits.points, 0), 0), 100)') }} as fit,
        {{ round_float('least(greatest(coalesce(behaviours.points, 0), 0), 100)') }} as behaviour,
        cast(coalesce(behaviours.events, 0) as bigint) as events,
        behaviours.last_event_date
    from {{ ref('int_lead_funnel') }} as funnel
    cross join {{ source('config', 'score_setting') }} as settings
    left join fits on funnel.lead_id = fits.lead_id
    left join behaviours on funnel.lead_id = behaviours.lead_id
    where funnel.is_open

),

scored as (

    select
        *,
        {{ round_float('(fit_share * fit + (1 - fit_share) * behaviour)') }} as score
    from clamped

),

graded as (

    select
        scored.lead_id,
        grades.grade,
        row_number() over (partition by scored.lead_id order by grades.min_score desc, grades.grade asc) as grade_rank
    from scored
    inner join {{ source('config', 'score_grade') }} as grades on scored.score >= grades.min_score

),

final as (

    select
        {{ surrogate_key(['scored.lead_id', "'points'", 'run_context.as_of']) }} as lead_score_id,
        scored.lead_id,
        leads.owner_id,
        scored.segment_id,
        'points' as model,
        graded.grade,
        {%- for n in [1, 2, 3] %}
        top_reasons.reason_{{ n }},
        {%- endfor %}
        {%- for n in [1, 2, 3] %}
        top_reasons.drag_{{ n }},
        {%- endfor %}

        scored.fit,
        scored.behaviour,
        scored.score,
        scored.events,

        run_context.as_of as scored_on,
        scored.last_event_date
    from scored
    cross join {{ source('config', 'run_context') }} as run_context
    inner join {{ ref('dim_lead') }} as leads on scored.lead_id = leads.lead_id
    left join top_reasons on scored.lead_id = top_reasons.lead_id
    left join graded
        on
            scored.lead_id = graded.lead_id
            and graded.grade_rank = 1

)

select * from final
