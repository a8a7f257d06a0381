{#- A date some months later (earlier when negative), cut to the end of a shorter month. -#}
{% macro add_months(date, months) -%}
    cast({{ dbt.dateadd('month', months, date) }} as date)
{%- endmacro %}

{% macro expect_add_months() %}
    select
        'add_months into a shorter month' as expectation,
        cast({{ add_months("cast('2024-01-31' as date)", 1) }} as string) as actual,
        '2024-02-29' as expected
{% endmacro %}
