{#- The clock on the wall in a zone at a naive UTC timestamp. -#}
{% macro to_local(timestamp_utc, time_zone) -%}
    {{ return(adapter.dispatch('to_local', 'salesops')(timestamp_utc, time_zone)) }}
{%- endmacro %}

{% macro default__to_local(timestamp_utc, time_zone) -%}
    ({{ timestamp_utc }} at time zone 'UTC' at time zone {{ time_zone }})
{%- endmacro %}

{% macro duckdb__to_local(timestamp_utc, time_zone) -%}
    timezone({{ time_zone }}, timezone('UTC', cast({{ timestamp_utc }} as timestamp)))
{%- endmacro %}

{% macro spark__to_local(timestamp_utc, time_zone) -%}
    from_utc_timestamp({{ timestamp_utc }}, {{ time_zone }})
{%- endmacro %}

{% macro expect_to_local() %}
    select
        'to_local in summer time' as expectation,
        cast({{ to_local("cast('2024-07-01 22:30:00' as timestamp)", "'Europe/Berlin'") }} as string) as actual,
        '2024-07-02 00:30:00' as expected
{% endmacro %}
