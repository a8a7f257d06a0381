{#- The CTE back of record_versions: who was gone comes back as the version that is current by then. -#}
{% macro record_returns(keys) -%}
    back as (

        select *
        from (
            select
                {% for name in keys %}loaded.{{ name }}, {% endfor %}
                gone.next_seen_at,
                gone.back_at,
                loaded.is_deleted,
                loaded.content,
                row_number() over (
                    partition by {% for name in keys %}loaded.{{ name }}, {% endfor %}gone.next_seen_at
                    order by
                        loaded.cursor_at desc nulls last, loaded._extract_time desc nulls last, loaded._sha256 desc nulls last
                ) as version_rank
            from gone
            inner join loaded
                on
                    {% for name in keys %}gone.{{ name }} = loaded.{{ name }} and {% endfor %}
                    (loaded._extract_time <= gone.next_seen_at or loaded._extract_time is null)
            where gone.next_seen_at is not null
        ) as candidates
        where version_rank = 1

    )
{%- endmacro %}
