{#- A date some days later (earlier when negative). Engines disagree on the type of date plus interval. -#}
{% macro add_days(date, days) -%}
    cast({{ dbt.dateadd('day', days, date) }} as date)
{%- endmacro %}

{% macro expect_add_days() %}
    select
        'add_days over a leap day' as expectation,
        cast({{ add_days("cast('2024-02-28' as date)", 2) }} as string) as actual,
        '2024-03-01' as expected
{% endmacro %}
