{#-
    A raw table holds every loaded version of a record. The current one is the greatest by the record's own cursor, then by
    when it was extracted, then by the file's hash: a total order, so that arrival order never decides. A record that a later
    full snapshot does not hold was deleted: it is left out, or with keep_absent marked as is_absent. Tables of raw_days() get
    the columns of incremental models, and an incremental run reads the records of the days that changed.
-#}
{% macro latest_version(table, key, cursor=none, keep_absent=false) -%}
    {%- set grows = table in raw_days() -%}
    select
        ranked.*
        {%- if grows %},
        {{ raw_day(table) }} as _partition_day,
        days.day_fingerprint as _day_fingerprint
        {%- endif %}
    from (
        select
            versions.*,
            coalesce(
                full_loads.latest_at > max(versions._extract_time) over (partition by versions._source, {{ key }}), false
            ) as is_absent,
            row_number() over (
                partition by versions._source, {{ key }}
                order by
                    {% if cursor %}{{ cursor }} desc nulls last,
                    {% endif %}versions._extract_time desc nulls last,
                    versions._sha256 desc nulls last
            ) as version_rank
        from {% if grows and is_incremental() %}{{ raw_rows_of_changed_days(table, key) }}
        {%- else %}{{ source('raw', table) }}{% endif %} as versions
        left join (
            select
                _source,
                max(_extract_time) as latest_at
            from {{ source('meta', 'full_load') }}
            where table_name = '{{ table }}'
            group by 1
        ) as full_loads on versions._source = full_loads._source
    ) as ranked
    {%- if grows %}
    left join {{ ref('stg_' ~ table ~ '_days') }} as days on {{ raw_day(table) }} = days.partition_day
    {%- endif %}
    where version_rank = 1{% if not keep_absent %} and not is_absent{% endif %}
{%- endmacro %}
