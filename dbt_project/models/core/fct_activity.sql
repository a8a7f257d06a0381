-- Tasks and calendar events in one shape. An activity counts when it is done: a completed task, or a meeting that was held.
with tasks as (

    select
        {{ surrogate_key(["'task'", 'task_id']) }} as activity_id,
        'task' as object,
        source,
        source_task_id as source_activity_id,
        owner_id,
        what_id,
        account_id,
        source_who_id,
        subject,
        lower(coalesce(task_type, '')) as type_text,
        lower(coalesce(task_subtype, '')) as subtype_text,
        lower(coalesce(status, '') || ' ' || coalesce(call_disposition, '')) as outcome_text,
        call_type,
        case when call_seconds >= 0 then call_seconds end as call_seconds,
        is_done,
        activity_date,
        completed_at as started_at,
        cast(null as timestamp) as ended_at,
        created_at
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
        what_id,
        account_id,
        source_who_id,
        subject,
        lower(coalesce(event_type, '')) as type_text,
        '' as subtype_text,
        lower(coalesce(event_type, '')) as outcome_text,
        cast(null as string) as call_type,
        cast(null as bigint) as call_seconds,
        true as is_done,
        cast(null as date) as activity_date,
        started_at,
        ended_at,
        created_at
    from {{ ref('stg_salesforce__event') }}
    where
        not is_deleted
        and not is_child

),

unioned as (

    select * from tasks

    union all

    select * from events

),

classified as (

    select
        unioned.*,
        wordings.activity_type,
        wordings.subject_text || ' ' || unioned.outcome_text as wording,
        unioned.started_at is not null as has_time,
        run_context.as_of,
        coalesce(owners.local_time_zone, run_context.company_timezone) as local_time_zone
    from unioned
    cross join {{ source('config', 'run_context') }} as run_context
    inner join {{ ref('int_activity_classified') }} as wordings
        on
            unioned.object = wordings.object
            and unioned.type_text = wordings.type_text
            and unioned.subtype_text = wordings.subtype_text
            and lower(coalesce(unioned.subject, '')) = wordings.subject_text
    left join {{ ref('dim_user') }} as owners
        on
            unioned.owner_id = owners.user_id
            and owners.is_current

),

dated as (

    select
        *,
        case
            when has_time then {{ business_date('started_at', 'local_time_zone') }}
            else activity_date
        end as local_day,
        case
            when ended_at is not null
                then cast({{ epoch_micros('ended_at') }} - {{ epoch_micros('started_at') }} as double) / 60000000
            when activity_type = 'call' then cast(call_seconds as double) / 60
        end as minutes
    from classified

),

judged as (

    select
        *,
        is_done and (object = 'task' or coalesce(local_day <= as_of, false)) as is_done_by_now,
        wording like '%no-show%'
        or wording like '%no show%'
        or wording like '%canceled%'
        or wording like '%cancelled%' as is_called_off
    from dated

),

final as (

    select
        judged.activity_id,
        judged.source,
        judged.source_activity_id,
        judged.owner_id,
        opportunities.opportunity_id,
        coalesce(accounts.account_id, what_accounts.account_id, opportunities.account_id) as account_id,
        judged.source_who_id as who_source_id,

        judged.object,
        judged.activity_type,
        judged.subject,
        judged.call_type,

        {{ round_float('case when judged.minutes >= 0 then judged.minutes end') }} as minutes,

        judged.has_time,
        case
            when judged.activity_type in ('meeting', 'demo') then judged.is_done_by_now and not judged.is_called_off
        end as is_held,
        judged.is_done_by_now as is_done,

        judged.local_day,
        case
            when judged.has_time then judged.started_at
            else {{ to_utc('cast(judged.local_day as timestamp)', 'judged.local_time_zone') }}
        end as started_at,
        case
            when not judged.has_time then cast(null as timestamp)
            when judged.ended_at is not null then judged.ended_at
            when judged.activity_type = 'call'
                then cast({{ dbt.dateadd('second', 'judged.call_seconds', 'judged.started_at') }} as timestamp)
        end as ended_at,
        judged.created_at
    from judged
    left join {{ ref('fct_opportunity') }} as opportunities on judged.what_id = opportunities.opportunity_id
    left join {{ ref('stg_salesforce__account') }} as accounts on judged.account_id = accounts.account_id
    left join {{ ref('stg_salesforce__account') }} as what_accounts on judged.what_id = what_accounts.account_id

)

select * from final
