{#- The first day of a date's month, as a date. -#}
{% macro month_start(date) -%}
    cast({{ dbt.date_trunc('month', date) }} as date)
{%- endmacro %}

{% macro expect_month_start() %}
    select
        'month_start of a last day' as expectation,
        cast({{ month_start("cast('2024-02-29' as date)") }} as string) as actual,
        '2024-02-01' as expected
{% endmacro %}
