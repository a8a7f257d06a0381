-- An activity counts when it is done: a completed task, or a meeting that was held.
with unioned as (

    select * from {{ ref('int_activity_unioned') }}
    {% if is_incremental() %}where partition_day in ({{ changed_days() }}){% endif %}

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
        is_called_off
        or wording like '%no-show%'
        or wording like '%no show%'
        or wording like '%canceled%'
        or wording like '%cancelled%' as did_not_happen
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
        judged.is_received,

        {{ round_float('case when judged.minutes >= 0 then judged.minutes end') }} as minutes,

        judged.has_time,
        case
            when judged.activity_type in ('meeting', 'demo') then judged.is_done_by_now and not judged.did_not_happen
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
        judged.created_at,
        judged.partition_day as _partition_day,
        days.day_fingerprint as _day_fingerprint
    from judged
    left join {{ ref('int_activity_day') }} as days on judged.partition_day = days.partition_day
    left join {{ ref('fct_opportunity') }} as opportunities on judged.opportunity_id = opportunities.opportunity_id
    left join {{ ref('int_account_unioned') }} as accounts on judged.account_id = accounts.account_id
    left join {{ ref('int_account_unioned') }} as what_accounts on judged.other_account_id = what_accounts.account_id

)

select * from final
