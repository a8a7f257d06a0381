{#- Complete months from one date to a later one; 0 when the first is the later, NULL when one is (greatest() would hide it). -#}
{% macro complete_months(from_date, to_date) -%}
    case when {{ from_date }} is not null and {{ to_date }} is not null then greatest(
        0,
        (extract(year from {{ to_date }}) - extract(year from {{ from_date }})) * 12
        + extract(month from {{ to_date }}) - extract(month from {{ from_date }})
        - case when extract(day from {{ to_date }}) < extract(day from {{ from_date }}) then 1 else 0 end
    ) end
{%- endmacro %}

{% macro expect_complete_months() %}
    select
        'complete_months stops short of the day' as expectation,
        cast({{ complete_months("cast('2024-01-15' as date)", "cast('2025-03-14' as date)") }} as string) as actual,
        '13' as expected
{% endmacro %}
