with source as (

    {{ latest_version('hubspot__meetings', key='hs_object_id', cursor='hs_lastmodifieddate') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'hs_object_id']) }} as meeting_key,
        _source as source,
        hs_object_id as source_meeting_id,
        hubspot_owner_id as source_owner_id,

        hs_meeting_title as subject,
        hs_meeting_outcome as outcome,

        coalesce(hs_meeting_start_time, hs_timestamp) as started_at,
        hs_meeting_end_time as ended_at,
        hs_createdate as created_at,

        _partition_day,
        _day_fingerprint
    from source

)

select * from renamed
