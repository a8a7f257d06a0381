{#- HubSpot lists the ids that went into a record as a;b;c: one row per id, with the record that stays. -#}
{% macro hubspot_merged(relation, object_type, id, merged_ids) -%}
    select
        '{{ object_type }}' as object_type,
        records.source,
        trim(split_part(records.{{ merged_ids }}, ';', cast(places.n + 1 as integer))) as source_record_id,
        records.{{ id }} as source_survivor_id
    from {{ relation }} as records
    inner join {{ whole_numbers(1000) }} as places
        on places.n <= length(records.{{ merged_ids }}) - length(replace(records.{{ merged_ids }}, ';', ''))
    where trim(split_part(records.{{ merged_ids }}, ';', cast(places.n + 1 as integer))) <> ''
{%- endmacro %}

{#- The label of one of HubSpot's own values, as its screens write it: ORGANIC_SEARCH is Organic search. -#}
{% macro hubspot_label(value) -%}
    upper(substr({{ value }}, 1, 1)) || lower(replace(substr({{ value }}, 2), '_', ' '))
{%- endmacro %}

{#- The id of the record that a reference means today: that of the survivor if the record was merged into another. -#}
{% macro survivor(merged, source_id) -%}
    coalesce({{ merged }}.source_survivor_id, {{ source_id }})
{%- endmacro %}

{#- Joins the merges of one object to a reference, under the alias `merged`. -#}
{% macro join_merged(merged, object_type, source, source_id) -%}
    left join {{ ref('int_record_merged') }} as {{ merged }}
        on
            {{ source }} = {{ merged }}.source
            and {{ source_id }} = {{ merged }}.source_record_id
            and {{ merged }}.object_type = '{{ object_type }}'
{%- endmacro %}
