-- Nobody reaches a person through an event: the name itself stays in the build file, a keyed hash of it is published.
with events as (

    select
        stg_events.*,
        lower(stg_events.source_person) as person_name,
        {{ keyed_hash('lower(stg_events.source_person)', 'personal_key.inner_pad', 'personal_key.outer_pad') }} as person_hash
    from {{ ref('stg_encharge__events') }} as stg_events
    cross join {{ source('config', 'personal_key') }} as personal_key
    {% if is_incremental() %}where stg_events._partition_day in ({{ changed_days() }}){% endif %}

),

final as (

    select
        events.event_id,
        events.source,
        events.source_event_id,
        coalesce(known.person_id, {{ entity_id('events.source', 'events.person_hash') }}) as person_id,
        events.person_hash as source_person,

        events.event_type,
        events.campaign,
        events.url,
        events.form,
        events.utm_source,
        events.utm_medium,
        events.utm_campaign,
        events.properties,

        known.person_id is not null as is_known_person,

        events.event_at,
        events._partition_day,
        days.day_fingerprint as _day_fingerprint
    from events
    left join {{ ref('int_marketing_event_day') }} as days on events._partition_day = days.partition_day
    left join {{ ref('int_marketing_person') }} as known
        on
            events.source = known.source
            and events.person_name = known.person_name

)

select * from final
