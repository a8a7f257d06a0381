{#-
    A raw table holds every loaded version of a record. The current one is the greatest by the record's own cursor, then by
    when it was extracted, then by the file's hash: a total order, so that arrival order never decides.
-#}
{% macro latest_version(relation, key, cursor=none) -%}
    select *
    from (
        select
            *,
            row_number() over (
                partition by _source, {{ key }}
                order by
                    {% if cursor %}{{ cursor }} desc nulls last,
                    {% endif %}_extract_time desc nulls last,
                    _sha256 desc nulls last
            ) as version_rank
        from {{ relation }}
    ) as versions
    where version_rank = 1
{%- endmacro %}
