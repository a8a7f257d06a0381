with source as (

    {{ latest_version('hubspot__tasks', key='hs_object_id', cursor='hs_lastmodifieddate') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'hs_object_id']) }} as task_key,
        _source as source,
        hs_object_id as source_task_id,
        hubspot_owner_id as source_owner_id,

        hs_task_subject as subject,
        hs_task_type as task_type,
        hs_task_priority as priority,
        hs_task_status as status,

        hs_timestamp as due_at,
        hs_task_completion_date as completed_at,
        hs_createdate as created_at,

        _partition_day,
        _day_fingerprint
    from source

)

select * from renamed
