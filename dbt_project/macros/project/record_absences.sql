{#-
    CTEs of record_versions: when a record was gone from the full snapshots, and when it was seen again. They read the CTE
    loaded; the last one is gone. A clock that is ahead dates a version after the snapshot that lacks its record: then the
    record is gone right after that.
-#}
{% macro record_absences(table, keys) -%}
    {%- set key_list = keys | join(', ') -%}
    moments as (

        select
            {{ key_list }},
            _extract_time,
            max(held_from) as held_from
        from loaded
        where _extract_time is not null
        group by {{ key_list }}, _extract_time

    ),

    next_full_load as (

        select
            extracts._source,
            extracts._extract_time,
            min(full_loads._extract_time) as next_full_at
        from (select distinct _source, _extract_time from moments) as extracts
        inner join {{ source('meta', 'full_load') }} as full_loads
            on
                extracts._source = full_loads._source
                and extracts._extract_time < full_loads._extract_time
                and full_loads.table_name = '{{ table }}'
        group by 1, 2

    ),

    seen as (

        select
            {{ key_list }},
            _extract_time,
            max(held_from) over (
                partition by {{ key_list }} order by _extract_time rows between unbounded preceding and current row
            ) as held_from,
            lead(_extract_time) over (partition by {{ key_list }} order by _extract_time) as next_seen_at
        from moments

    ),

    gone as (

        select
            {% for name in keys %}seen.{{ name }}, {% endfor %}
            next_full_load.next_full_at,
            seen.next_seen_at,
            greatest(next_full_load.next_full_at, seen.held_from) as gone_at,
            greatest(seen.next_seen_at, next_full_load.next_full_at, seen.held_from) as back_at
        from seen
        inner join next_full_load
            on seen._source = next_full_load._source and seen._extract_time = next_full_load._extract_time
        where seen.next_seen_at is null or next_full_load.next_full_at < seen.next_seen_at

    )
{%- endmacro %}
