{#- A zone's name if the engine knows it, else NULL: one misspelt zone must not end a run in an error. -#}
{% macro known_time_zone(name) -%}
    {{ return(adapter.dispatch('known_time_zone', 'salesops')(name)) }}
{%- endmacro %}

{#- Without a catalogue of zones only the shape Area/City can be checked. -#}
{% macro default__known_time_zone(name) -%}
    case when {{ name }} = 'UTC' or {{ name }} like '%/%' then {{ name }} end
{%- endmacro %}

{% macro duckdb__known_time_zone(name) -%}
    case when {{ name }} in (select zones.name from pg_timezone_names() as zones) then {{ name }} end
{%- endmacro %}

{% macro expect_known_time_zone() %}
    select
        'known_time_zone refuses a misspelt one' as expectation,
        coalesce({{ known_time_zone("'Berlin'") }}, {{ known_time_zone("'Europe/Berlin'") }}) as actual,
        'Europe/Berlin' as expected
{% endmacro %}
