{#- Money as every mart stores it. Engines differ in the precision of decimal arithmetic, so results are always cast. -#}
{% macro money(expression) -%}
    cast({{ expression }} as decimal(18, 2))
{%- endmacro %}

{% macro expect_money() %}
    select
        'money rounds half away from zero' as expectation,
        cast({{ money("cast('2.345' as decimal(18, 3))") }} as string) as actual,
        '2.35' as expected
{% endmacro %}
