with source as (

    {{ latest_version('encharge__events', key='event_key') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'event_key']) }} as event_id,
        _source as source,
        event_key as source_event_id,
        person as source_person,

        type as event_type,
        url,
        form,
        campaign,
        utm_source,
        utm_medium,
        utm_campaign,
        properties,

        timestamp as event_at,

        _partition_day,
        _day_fingerprint
    from source

)

select * from renamed
