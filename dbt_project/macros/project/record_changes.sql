{#-
    CTEs of record_versions: everything that is said about a moment, and of that the last word. They read the CTEs loaded,
    gone and back; the last one is changed, which holds only what differs from the moment before.
-#}
{% macro record_changes(keys) -%}
    {%- set key_list = keys | join(', ') -%}
    said as (

        select {{ key_list }}, _extract_time as known_at, _sha256, is_deleted, held_from, content
        from loaded
        where
            _extract_time is not null
            -- A file that does not say when it was extracted brings nobody back who is gone from the full snapshots.
            or not exists (
                select 1
                from gone
                where
                    {% for name in keys %}gone.{{ name }} = loaded.{{ name }} and {% endfor %}
                    loaded.held_from >= gone.gone_at
                    and (gone.next_seen_at is null or loaded.held_from < gone.back_at)
            )

        union all

        select {{ key_list }}, next_seen_at, chr(126), is_deleted, back_at, content
        from back

        union all

        select {{ key_list }}, next_full_at, chr(126), true, gone_at, 'gone'
        from gone

    ),

    decided as (

        select *
        from (
            select
                *,
                row_number() over (
                    partition by {{ key_list }}, held_from
                    order by known_at desc nulls last, _sha256 desc nulls last
                ) as word_rank
            from said
        ) as words
        where word_rank = 1

    ),

    changed as (

        select *
        from (
            select
                *,
                lag(content) over (partition by {{ key_list }} order by held_from) as content_before
            from decided
        ) as compared
        where content_before is null or content <> content_before

    )
{%- endmacro %}
