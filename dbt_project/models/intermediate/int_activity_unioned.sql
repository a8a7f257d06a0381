-- What people did with customers, of every CRM in one vocabulary: an object `task` (calls, e-mails, to-dos) or `event`
-- (meetings). What was deleted, and copies of an event for further attendees, are none.
with tasks as (

    select
        {{ surrogate_key(["'task'", 'task_id']) }} as activity_id,
        'task' as object,
        source,
        source_task_id as source_activity_id,
        owner_id,
        source_owner_id,
        what_id as opportunity_id,
        what_id as other_account_id,
        account_id,
        source_who_id,
        subject,
        lower(coalesce(task_type, '')) as type_text,
        lower(coalesce(task_subtype, '')) as subtype_text,
        lower(coalesce(status, '') || ' ' || coalesce(call_disposition, '')) as outcome_text,
        call_type,
        case when call_seconds >= 0 then call_seconds end as call_seconds,
        is_done,
        coalesce(lower(call_type) = 'inbound', false) as is_received,
        false as is_called_off,
        activity_date,
        completed_at as started_at,
        cast(null as timestamp) as ended_at,
        created_at,
        _partition_day as partition_day
    from {{ ref('stg_salesforce__task') }}
    where not is_deleted

),

events as (

    select
        {{ surrogate_key(["'event'", 'meeting_id']) }} as activity_id,
        'event' as object,
        source,
        source_meeting_id as source_activity_id,
        owner_id,
        source_owner_id,
        what_id as opportunity_id,
        what_id as other_account_id,
        account_id,
        source_who_id,
        subject,
        lower(coalesce(event_type, '')) as type_text,
        '' as subtype_text,
        lower(coalesce(event_type, '')) as outcome_text,
        cast(null as string) as call_type,
        cast(null as bigint) as call_seconds,
        true as is_done,
        false as is_received,
        false as is_called_off,
        cast(null as date) as activity_date,
        started_at,
        ended_at,
        created_at,
        _partition_day as partition_day
    from {{ ref('stg_salesforce__event') }}
    where
        not is_deleted
        and not is_child

),

engagements as (

    select
        'call' as engagement_type,
        'task' as object,
        source,
        source_call_id as source_engagement_id,
        source_owner_id,
        subject,
        'call' as type_text,
        'call' as subtype_text,
        direction as call_type,
        case when duration_milliseconds >= 0 then cast(floor(duration_milliseconds / 1000) as bigint) end as call_seconds,
        -- An attempt that nobody answered was made; one that was called off, or is still being made, was not.
        coalesce(lower(status), 'completed') in ('completed', 'busy', 'no_answer', 'missed') as is_done,
        coalesce(lower(direction) = 'inbound', false) as is_received,
        false as is_called_off,
        cast(null as timestamp) as due_at,
        started_at,
        cast(null as timestamp) as ended_at,
        created_at,
        _partition_day as partition_day
    from {{ ref('stg_hubspot__calls') }}

    union all

    select
        'email' as engagement_type,
        'task' as object,
        source,
        source_email_id as source_engagement_id,
        source_owner_id,
        subject,
        'email' as type_text,
        'email' as subtype_text,
        cast(null as string) as call_type,
        cast(null as bigint) as call_seconds,
        coalesce(lower(status), 'sent') in ('sent', 'bounced') as is_done,
        coalesce(lower(direction) = 'incoming_email', false) as is_received,
        false as is_called_off,
        cast(null as timestamp) as due_at,
        sent_at as started_at,
        cast(null as timestamp) as ended_at,
        created_at,
        _partition_day as partition_day
    from {{ ref('stg_hubspot__emails') }}

    union all

    -- A to-do of the type CALL or EMAIL reminds of one; what was done about it is a call or an e-mail of its own.
    select
        'task' as engagement_type,
        'task' as object,
        source,
        source_task_id as source_engagement_id,
        source_owner_id,
        subject,
        'to-do' as type_text,
        'task' as subtype_text,
        cast(null as string) as call_type,
        cast(null as bigint) as call_seconds,
        coalesce(lower(status) = 'completed', false) as is_done,
        false as is_received,
        false as is_called_off,
        due_at,
        completed_at as started_at,
        cast(null as timestamp) as ended_at,
        created_at,
        _partition_day as partition_day
    from {{ ref('stg_hubspot__tasks') }}

    union all

    select
        'meeting' as engagement_type,
        'event' as object,
        source,
        source_meeting_id as source_engagement_id,
        source_owner_id,
        subject,
        '' as type_text,
        '' as subtype_text,
        cast(null as string) as call_type,
        cast(null as bigint) as call_seconds,
        true as is_done,
        false as is_received,
        coalesce(lower(outcome) in ('no_show', 'canceled', 'rescheduled'), false) as is_called_off,
        cast(null as timestamp) as due_at,
        started_at,
        ended_at,
        created_at,
        _partition_day as partition_day
    from {{ ref('stg_hubspot__meetings') }}

),

hubspot as (

    select
        {{ surrogate_key(['engagements.engagement_type', 'engagements.source', 'engagements.source_engagement_id']) }}
            as activity_id,
        engagements.object,
        engagements.source,
        engagements.source_engagement_id as source_activity_id,
        {{ entity_id('engagements.source', 'engagements.source_owner_id') }} as owner_id,
        engagements.source_owner_id,
        {{ entity_id('objects.source', 'objects.source_deal_id') }} as opportunity_id,
        cast(null as string) as other_account_id,
        {{ entity_id('objects.source', 'objects.source_company_id') }} as account_id,
        objects.source_contact_id as source_who_id,
        engagements.subject,
        engagements.type_text,
        engagements.subtype_text,
        '' as outcome_text,
        {{ hubspot_label('engagements.call_type') }} as call_type,
        engagements.call_seconds,
        engagements.is_done,
        engagements.is_received,
        engagements.is_called_off,
        {{ business_date('engagements.due_at', 'run_context.company_timezone') }} as activity_date,
        engagements.started_at,
        engagements.ended_at,
        engagements.created_at,
        engagements.partition_day
    from engagements
    cross join {{ source('config', 'run_context') }} as run_context
    left join {{ ref('int_hubspot_engagement') }} as objects
        on
            engagements.source = objects.source
            and engagements.engagement_type = objects.engagement_type
            and engagements.source_engagement_id = objects.source_engagement_id

)

select * from tasks

union all

select * from events

union all

select * from hubspot
