{#- The naive UTC timestamp at which the clock on the wall of a zone shows the given one. -#}
{% macro to_utc(timestamp_local, time_zone) -%}
    {{ return(adapter.dispatch('to_utc', 'salesops')(timestamp_local, time_zone)) }}
{%- endmacro %}

{% macro default__to_utc(timestamp_local, time_zone) -%}
    ({{ timestamp_local }} at time zone {{ time_zone }} at time zone 'UTC')
{%- endmacro %}

{% macro duckdb__to_utc(timestamp_local, time_zone) -%}
    timezone('UTC', timezone({{ time_zone }}, cast({{ timestamp_local }} as timestamp)))
{%- endmacro %}

{% macro spark__to_utc(timestamp_local, time_zone) -%}
    to_utc_timestamp({{ timestamp_local }}, {{ time_zone }})
{%- endmacro %}

{% macro expect_to_utc() %}
    select
        'to_utc west of Greenwich in winter' as expectation,
        cast({{ to_utc("cast('2024-01-15' as date)", "'America/New_York'") }} as string) as actual,
        '2024-01-15 05:00:00' as expected
{% endmacro %}
