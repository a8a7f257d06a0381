{#- Days from one date to another; negative when the second is the earlier. -#}
{% macro days_between(from_date, to_date) -%}
    {{ dbt.datediff(from_date, to_date, 'day') }}
{%- endmacro %}

{% macro expect_days_between() %}
    select
        'days_between over a year end' as expectation,
        cast({{ days_between("cast('2023-12-30' as date)", "cast('2024-01-02' as date)") }} as string) as actual,
        '3' as expected
{% endmacro %}
