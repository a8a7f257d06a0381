{#- Microseconds since 1970 of a naive UTC timestamp, as a whole number: durations from it are exact. -#}
{% macro epoch_micros(timestamp_utc) -%}
    {{ return(adapter.dispatch('epoch_micros', 'salesops')(timestamp_utc)) }}
{%- endmacro %}

{% macro default__epoch_micros(timestamp_utc) -%}
    cast(extract(epoch from {{ timestamp_utc }}) * 1000000 as bigint)
{%- endmacro %}

{% macro duckdb__epoch_micros(timestamp_utc) -%}
    epoch_us({{ timestamp_utc }})
{%- endmacro %}

{% macro spark__epoch_micros(timestamp_utc) -%}
    unix_micros(cast({{ timestamp_utc }} as timestamp))
{%- endmacro %}

{% macro expect_epoch_micros() %}
    select
        'epoch_micros keeps fractions' as expectation,
        cast({{ epoch_micros("cast('1970-01-02 00:00:00.5' as timestamp)") }} as string) as actual,
        '86400500000' as expected
{% endmacro %}
