with source as (

    {{ latest_version('hubspot__emails', key='hs_object_id', cursor='hs_lastmodifieddate') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'hs_object_id']) }} as email_key,
        _source as source,
        hs_object_id as source_email_id,
        hubspot_owner_id as source_owner_id,

        hs_email_subject as subject,
        hs_email_direction as direction,
        hs_email_status as status,

        hs_timestamp as sent_at,
        hs_createdate as created_at,

        _partition_day,
        _day_fingerprint
    from source

)

select * from renamed
