{#- A subquery with one bigint column `n`, from 0 to count - 1. -#}
{% macro whole_numbers(count) -%}
    {{ return(adapter.dispatch('whole_numbers', 'salesops')(count)) }}
{%- endmacro %}

{% macro default__whole_numbers(count) -%}
    (
        select cast(generated_number - 1 as bigint) as n
        from ({{ dbt.generate_series(count) }}) as series
    )
{%- endmacro %}

{% macro duckdb__whole_numbers(count) -%}
    (select range as n from range({{ count }}))
{%- endmacro %}

{% macro expect_whole_numbers() %}
    select
        'whole_numbers begins at 0 and has count rows' as expectation,
        cast(min(numbers.n) + count(*) * 10 + max(numbers.n) as string) as actual,
        '54' as expected
    from {{ whole_numbers(5) }} as numbers
{% endmacro %}
