-- What fct_activity is made of, by day: as_of decides from two days before it on, whatever the zone.
with run_context as (

    select * from {{ source('config', 'run_context') }}

),

final as (

    select
        activities.partition_day,
        {{ day_fingerprint('max(run_context.settings_hash)', [
            'activities.object',
            'activities.source',
            'activities.source_activity_id',
            'activities.owner_id',
            'activities.source_who_id',
            'activities.subject',
            'activities.type_text',
            'activities.subtype_text',
            'activities.outcome_text',
            'activities.call_type',
            'activities.call_seconds',
            'activities.is_done',
            'activities.is_received',
            'activities.is_called_off',
            'activities.activity_date',
            'activities.started_at',
            'activities.ended_at',
            'activities.created_at',
            'wordings.activity_type',
            'owners.local_time_zone',
            'opportunities.opportunity_id',
            'coalesce(accounts.account_id, what_accounts.account_id, opportunities.account_id)',
            'case when activities.partition_day >= ' ~ add_days('run_context.as_of', -2) ~ ' then run_context.as_of end',
        ]) }} as day_fingerprint
    from {{ ref('int_activity_unioned') }} as activities
    cross join run_context
    left join {{ ref('int_activity_classified') }} as wordings
        on
            activities.object = wordings.object
            and activities.type_text = wordings.type_text
            and activities.subtype_text = wordings.subtype_text
            and lower(coalesce(activities.subject, '')) = wordings.subject_text
    left join {{ ref('dim_user') }} as owners
        on
            activities.owner_id = owners.user_id
            and owners.is_current
    left join {{ ref('fct_opportunity') }} as opportunities on activities.opportunity_id = opportunities.opportunity_id
    left join {{ ref('int_account_unioned') }} as accounts on activities.account_id = accounts.account_id
    left join {{ ref('int_account_unioned') }} as what_accounts on activities.other_account_id = what_accounts.account_id
    group by activities.partition_day

)

select * from final
