-- What people decided, as the ledger holds it; and the plan of today as a draft until somebody submits it.
with events as (

    select
        *,
        row_number() over (partition by decision_id order by event_seq) as event_order,
        row_number() over (partition by decision_id order by event_seq desc) as newest_rank
    from {{ source('ledger', 'decision_event') }}

),

decided as (

    select distinct plan_hash
    from events

),

drafts as (

    select
        proposals.plan_hash,
        proposals.as_of
    from {{ source('planning', 'proposal') }} as proposals
    left join decided on proposals.plan_hash = decided.plan_hash
    where decided.plan_hash is null

),

final as (

    select
        {{ surrogate_key(['events.decision_id', 'events.event_seq']) }} as decision_event_id,
        events.decision_id,
        events.event,
        cast(events.event_order as integer) as event_order,
        events.event_at,
        events.by_name,
        events.by_role,
        events.reason,
        events.plan_hash,
        events.plan_as_of,
        events.state,
        events.waiting_for,
        events.newest_rank = 1 as is_latest,
        proposals.plan_hash is not null as is_current_plan,
        events.signature
    from events
    left join {{ source('planning', 'proposal') }} as proposals on events.plan_hash = proposals.plan_hash

    union all

    select
        {{ surrogate_key(["'draft'", 'plan_hash']) }} as decision_event_id,
        cast(null as string) as decision_id,
        'draft' as event,
        0 as event_order,
        cast(null as timestamp) as event_at,
        cast(null as string) as by_name,
        cast(null as string) as by_role,
        '' as reason,
        plan_hash,
        as_of as plan_as_of,
        'draft' as state,
        'submission' as waiting_for,
        true as is_latest,
        true as is_current_plan,
        cast(null as string) as signature
    from drafts

)

select * from final
