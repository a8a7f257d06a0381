{#- The first day of the fiscal year that holds a date, for years that begin on the first of `start_month`. -#}
{% macro fiscal_year_start(date, start_month) -%}
    {{ add_months(
        month_start(date),
        '-cast(mod(extract(month from ' ~ date ~ ') - ' ~ start_month ~ ' + 12, 12) as integer)'
    ) }}
{%- endmacro %}

{#- The first day of the fiscal quarter that holds a date. -#}
{% macro fiscal_quarter_start(date, start_month) -%}
    {{ add_months(
        month_start(date),
        '-cast(mod(extract(month from ' ~ date ~ ') - ' ~ start_month ~ ' + 12, 3) as integer)'
    ) }}
{%- endmacro %}

{% macro expect_fiscal_year_start() %}
    select
        'fiscal_year_start of a January in a year from February' as expectation,
        cast({{ fiscal_year_start("cast('2025-01-31' as date)", 2) }} as string) as actual,
        '2024-02-01' as expected
{% endmacro %}

{% macro expect_fiscal_quarter_start() %}
    select
        'fiscal_quarter_start of a January in a year from February' as expectation,
        cast({{ fiscal_quarter_start("cast('2025-01-31' as date)", 2) }} as string) as actual,
        '2024-11-01' as expected
{% endmacro %}
