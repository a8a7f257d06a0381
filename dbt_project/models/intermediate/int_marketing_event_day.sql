-- What fct_marketing_event is made of, by day: the events, whom their names lead to, and the key of the hashes.
with final as (

    select
        events._partition_day as partition_day,
        {{ day_fingerprint('max(run_context.settings_hash || personal_key.inner_pad)', [
            'events.event_id',
            'events.source_person',
            'events.event_type',
            'events.url',
            'events.form',
            'events.campaign',
            'events.utm_source',
            'events.utm_medium',
            'events.utm_campaign',
            'events.properties',
            'events.event_at',
            'known.person_id',
        ]) }} as day_fingerprint
    from {{ ref('stg_encharge__events') }} as events
    cross join {{ source('config', 'run_context') }} as run_context
    cross join {{ source('config', 'personal_key') }} as personal_key
    left join {{ ref('int_marketing_person') }} as known
        on
            events.source = known.source
            and lower(events.source_person) = known.person_name
    group by events._partition_day

)

select * from final
