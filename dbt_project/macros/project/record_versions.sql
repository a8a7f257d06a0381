{#-
    The history of each record of a raw table (a slowly changing dimension of type 2), from its loaded versions alone. A
    version holds from its cursor, or without one from when it was extracted; versions that say the same are one. A record
    that a full snapshot does not hold is gone from then on, until it is seen again; so is one that says it is deleted.
-#}
{% macro record_versions(table, key, columns, cursor=none, deleted=none) -%}
    {%- set keys = ['_source'] + key.split(', ') -%}
    {%- set key_list = keys | join(', ') -%}
    {%- set extracted = "coalesce(_extract_time, cast('1900-01-01' as timestamp))" -%}
    with loaded as (

        select
            {{ (keys + columns) | join(', ') }},
            _extract_time,
            _sha256,
            {{ cursor if cursor else 'cast(null as timestamp)' }} as cursor_at,
            {{ 'coalesce(' ~ deleted ~ ', false)' if deleted else 'false' }} as is_deleted,
            -- A version without a cursor is older than any with one, as for the current version.
            {% if cursor -%}
            case
                when {{ cursor }} is not null then {{ cursor }}
                when max({{ cursor }}) over (partition by {{ key_list }}) is null then {{ extracted }}
                else cast('1900-01-01' as timestamp)
            end as held_from,
            {%- else -%}
            {{ extracted }} as held_from,
            {%- endif %}
            {{ surrogate_key(columns + ([deleted] if deleted else [])) }} as content
        from {{ source('raw', table) }}

    ),

    {{ record_absences(table, keys) }},

    {{ record_returns(keys) }},

    {{ record_changes(keys) }},

    contents as (

        select
            {{ key_list }},
            {% for name in columns %}max({{ name }}) as {{ name }}, {% endfor %}
            content
        from loaded
        group by {{ key_list }}, content

    )

    select
        contents.*,
        changed.held_from as valid_from,
        lead(changed.held_from) over (
            partition by {% for name in keys %}changed.{{ name }}{{ ', ' if not loop.last }}{% endfor %} order by changed.held_from
        ) as valid_to,
        changed.is_deleted
    from changed
    left join contents
        on
            {% for name in keys %}changed.{{ name }} = contents.{{ name }} and {% endfor %}
            changed.content = contents.content
{%- endmacro %}
