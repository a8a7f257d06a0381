with source as (

    {{ latest_version('salesforce__task', key='Id', keep_absent=true) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as task_id,
        {{ entity_id('_source', 'OwnerId') }} as owner_id,
        {{ entity_id('_source', 'WhatId') }} as what_id,
        {{ entity_id('_source', 'AccountId') }} as account_id,
        _source as source,
        Id as source_task_id,
        OwnerId as source_owner_id,
        WhoId as source_who_id,

        Subject as subject,
        Type as task_type,
        TaskSubtype as task_subtype,
        Status as status,
        CallType as call_type,
        CallDisposition as call_disposition,

        CallDurationInSeconds as call_seconds,

        coalesce(IsClosed, lower(Status) = 'completed', false) as is_done,
        coalesce(IsDeleted, false) or is_absent as is_deleted,

        ActivityDate as activity_date,
        CompletedDateTime as completed_at,
        CreatedDate as created_at,

        _partition_day,
        _day_fingerprint
    from source

)

select * from renamed
