-- Rules are matched once per distinct wording, not once per activity: wordings repeat, and rules are LIKE patterns.
with wordings as (

    select distinct
        object,
        type_text,
        subtype_text,
        lower(coalesce(subject, '')) as subject_text
    from {{ ref('int_activity_unioned') }}

),

matched as (

    select
        wordings.object,
        wordings.type_text,
        wordings.subtype_text,
        wordings.subject_text,
        min(rules.rule_order) as rule_order
    from wordings
    inner join {{ source('config', 'activity_rule') }} as rules
        on
            wordings.object = rules.object
            and (
                rules.field = 'any'
                or (rules.field = 'type' and wordings.type_text like rules.pattern)
                or (rules.field = 'task_subtype' and wordings.subtype_text like rules.pattern)
                or (rules.field = 'subject' and wordings.subject_text like rules.pattern)
            )
    group by
        wordings.object,
        wordings.type_text,
        wordings.subtype_text,
        wordings.subject_text

),

final as (

    select
        {{ surrogate_key(['wordings.object', 'wordings.type_text', 'wordings.subtype_text', 'wordings.subject_text']) }}
            as wording_id,
        wordings.object,
        wordings.type_text,
        wordings.subtype_text,
        wordings.subject_text,
        coalesce(
            min(rules.activity_type),
            case wordings.object when 'event' then 'meeting' else 'task' end
        ) as activity_type
    from wordings
    left join matched
        on
            wordings.object = matched.object
            and wordings.type_text = matched.type_text
            and wordings.subtype_text = matched.subtype_text
            and wordings.subject_text = matched.subject_text
    left join {{ source('config', 'activity_rule') }} as rules
        on
            matched.rule_order = rules.rule_order
            and matched.object = rules.object
    group by
        wordings.object,
        wordings.type_text,
        wordings.subtype_text,
        wordings.subject_text

)

select * from final
