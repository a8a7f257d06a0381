-- A rep's own segment: what HR says if it is a configured segment, else the first rule about owners that matches.
with people as (

    select
        users.user_id,
        users.department,
        trim(employees.segment) as segment
    from {{ ref('int_user_unioned') }} as users
    left join {{ ref('int_employee_matched') }} as employees on users.user_id = employees.user_id

),

configured as (

    select
        people.user_id,
        min(segments.segment_id) as segment_id
    from people
    inner join {{ source('config', 'segment') }} as segments
        on
            lower(people.segment) = lower(segments.segment_id)
            or lower(people.segment) = lower(segments.segment_name)
    group by people.user_id

),

ruled as (

    select
        people.user_id,
        coalesce(
            rules.segment_id,
            case rules.field when 'owner_segment' then people.segment when 'owner_department' then people.department end
        ) as segment_id,
        row_number() over (partition by people.user_id order by rules.rule_order) as rule_rank
    from people
    inner join {{ source('config', 'segment_rule') }} as rules
        on
            (
                rules.field = 'owner_segment'
                and {{ matches_segment_rule('rules', 'people.segment', 'cast(null as double)') }}
            )
            or (
                rules.field = 'owner_department'
                and {{ matches_segment_rule('rules', 'people.department', 'cast(null as double)') }}
            )

),

final as (

    select
        people.user_id,
        coalesce(configured.segment_id, ruled.segment_id, 'unassigned') as segment_id
    from people
    left join configured on people.user_id = configured.user_id
    left join ruled
        on
            people.user_id = ruled.user_id
            and ruled.rule_rank = 1

)

select * from final
