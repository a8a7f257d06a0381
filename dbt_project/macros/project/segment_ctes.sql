{#-
    The CTEs that give each row of the CTE `facts` its market segment; the last one is `segmented` (key, segment_id). `facts` has
    a column for each of `fields`, named as config.segment_rule names it. The first rule that matches decides; a rule without a
    segment takes the field's own value as the segment; no match is 'unassigned'.
-#}
{% macro segment_ctes(key, fields) -%}
valued as (

    select
        facts.{{ key }},
        rules.*,
        case rules.field
            {%- for field in fields %}
            when '{{ field }}' then cast(facts.{{ field }} as string)
            {%- endfor %}
        end as text_value,
        case rules.field when 'account_employees' then facts.account_employees end as number_value
    from facts
    cross join {{ source('config', 'segment_rule') }} as rules

),

ranked as (

    select
        valued.{{ key }},
        coalesce(valued.segment_id, valued.text_value) as segment_id,
        row_number() over (partition by valued.{{ key }} order by valued.rule_order) as rule_rank
    from valued
    where
        {{ matches_segment_rule('valued', 'valued.text_value', 'valued.number_value') }}
        and coalesce(valued.segment_id, valued.text_value) is not null

),

-- An own value that spells a configured segment (by id or name) is that segment.
spelled as (

    select
        ranked.{{ key }},
        min(segments.segment_id) as segment_id
    from ranked
    inner join {{ source('config', 'segment') }} as segments
        on
            lower(ranked.segment_id) = lower(segments.segment_id)
            or lower(ranked.segment_id) = lower(segments.segment_name)
    where ranked.rule_rank = 1
    group by ranked.{{ key }}

),

segmented as (

    select
        facts.{{ key }},
        coalesce(spelled.segment_id, ranked.segment_id, 'unassigned') as segment_id
    from facts
    left join ranked
        on
            facts.{{ key }} = ranked.{{ key }}
            and ranked.rule_rank = 1
    left join spelled on facts.{{ key }} = spelled.{{ key }}

)
{%- endmacro %}
