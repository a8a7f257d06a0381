{#- A date some years later (earlier when negative). -#}
{% macro add_years(date, years) -%}
    cast({{ dbt.dateadd('year', years, date) }} as date)
{%- endmacro %}

{% macro expect_add_years() %}
    select
        'add_years backwards' as expectation,
        cast({{ add_years("cast('2024-03-01' as date)", -1) }} as string) as actual,
        '2023-03-01' as expected
{% endmacro %}
