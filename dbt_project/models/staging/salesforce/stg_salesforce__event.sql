with source as (

    {{ latest_version('salesforce__event', key='Id', keep_absent=true) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as meeting_id,
        {{ entity_id('_source', 'OwnerId') }} as owner_id,
        {{ entity_id('_source', 'WhatId') }} as what_id,
        {{ entity_id('_source', 'AccountId') }} as account_id,
        _source as source,
        Id as source_meeting_id,
        OwnerId as source_owner_id,
        WhoId as source_who_id,

        Subject as subject,
        Type as event_type,

        coalesce(IsChild, false) as is_child,
        coalesce(IsDeleted, false) or is_absent as is_deleted,

        StartDateTime as started_at,
        EndDateTime as ended_at,
        CreatedDate as created_at,

        _partition_day,
        _day_fingerprint
    from source

)

select * from renamed
