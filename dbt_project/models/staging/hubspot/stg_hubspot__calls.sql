with source as (

    {{ latest_version('hubspot__calls', key='hs_object_id', cursor='hs_lastmodifieddate') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'hs_object_id']) }} as call_key,
        _source as source,
        hs_object_id as source_call_id,
        hubspot_owner_id as source_owner_id,

        hs_call_title as subject,
        hs_call_direction as direction,
        hs_call_disposition as disposition,
        hs_call_status as status,

        hs_call_duration as duration_milliseconds,

        hs_timestamp as started_at,
        hs_createdate as created_at,

        _partition_day,
        _day_fingerprint
    from source

)

select * from renamed
