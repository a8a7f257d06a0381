{#- A ratio with its two parts, `<name>_num` and `<name>_den`, so that BI can roll it up by summing the parts. -#}
{% macro ratio_columns(name, numerator, denominator, scale=1) -%}
    {{ numerator }} as {{ name }}_num,
        {{ denominator }} as {{ name }}_den,
        {{ ratio(numerator, denominator, scale) }} as {{ name }}
{%- endmacro %}
