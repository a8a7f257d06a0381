{#- 1 for Monday to 7 for Sunday. Engines number weekdays in five ways; 2000-01-03 was a Monday in all of them. -#}
{% macro iso_weekday(date) -%}
    cast(mod(mod({{ days_between("cast('2000-01-03' as date)", date) }}, 7) + 7, 7) + 1 as integer)
{%- endmacro %}

{% macro expect_iso_weekday() %}
    select
        'iso_weekday of a Sunday before the anchor' as expectation,
        cast({{ iso_weekday("cast('1999-12-26' as date)") }} as string) as actual,
        '7' as expected
{% endmacro %}
