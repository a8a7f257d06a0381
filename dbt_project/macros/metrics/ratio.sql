{#- A quotient that is NULL, never an error, inf or NaN, when its denominator is 0 or unknown; 12 significant digits. -#}
{% macro ratio(numerator, denominator, scale=1) -%}
    {%- set quotient -%}
    ({% if scale != 1 %}{{ scale }} * {% endif %}cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0))
    {%- endset -%}
    {{ round_float(quotient) }}
{%- endmacro %}

{% macro expect_ratio() %}
    select
        'ratio of anything to 0 is NULL, and 1 to 3 has twelve digits' as expectation,
        coalesce(
            cast({{ ratio(5, 0) }} as string),
            cast({{ ratio(1, 3) }} as string)
        ) as actual,
        '0.333333333333' as expected
{% endmacro %}
