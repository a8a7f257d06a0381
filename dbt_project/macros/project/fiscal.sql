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

{#- Fiscal year (named by the calendar year in which it ends), quarter and month of a date: the fiscal columns of monthly marts. -#}
{% macro fiscal_columns(date, start_month) -%}
    {%- set months_before -%}
    cast(mod(extract(month from {{ date }}) - {{ start_month }} + 12, 12) as integer)
    {%- endset -%}
    cast(extract(year from {{ add_months(fiscal_year_start(date, start_month), 11) }}) as integer) as fiscal_year,
        cast(floor({{ months_before }} / 3) as integer) + 1 as fiscal_quarter,
        {{ months_before }} + 1 as fiscal_month
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

{% macro expect_fiscal_columns() %}
    select
        'fiscal_columns of a February and of a January in years from February' as expectation,
        cast(sum((fiscal_year * 100 + fiscal_quarter * 10) * 100 + fiscal_month) as string) as actual,
        cast(20261001 + 20254012 as string) as expected
    from (
        select {{ fiscal_columns("cast('2025-02-01' as date)", 2) }}

        union all

        select {{ fiscal_columns("cast('2025-01-01' as date)", 2) }}
    ) as months
{% endmacro %}
