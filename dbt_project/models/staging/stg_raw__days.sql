-- What of a raw table changed since its staging model was built, by day. Where a full snapshot says what was deleted, one
-- file more can change any day: there the fingerprint of each day begins with all of the table.
{%- for table in raw_days() %}
select
    '{{ table }}' as table_name,
    days.partition_day,
    md5(
        run_context.settings_hash
        || coalesce(snapshots.fingerprint || cast(days.table_sum as string), '')
    ) || cast(days.day_sum as string) as day_fingerprint
from (
    select
        {{ raw_day(table) }} as partition_day,
        sum({{ row_hash(column_names(source('raw', table))) }}) as day_sum,
        sum(sum({{ row_hash(column_names(source('raw', table))) }})) over () as table_sum
    from {{ source('raw', table) }}
    group by 1
) as days
cross join {{ source('config', 'run_context') }} as run_context
cross join (
    select cast(sum({{ row_hash(['_source', '_extract_time']) }}) as string) as fingerprint
    from {{ source('meta', 'full_load') }}
    where table_name = '{{ table }}'
) as snapshots
{%- if not loop.last %}

union all
{% endif %}
{%- endfor %}
