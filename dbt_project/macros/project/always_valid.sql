{#- The bounds of a version that is carried back and forward because the export has no history: [valid_from, valid_to). -#}
{% macro valid_from_always() -%}
    cast('1900-01-01' as date)
{%- endmacro %}

{% macro valid_to_always() -%}
    cast('9999-12-31' as date)
{%- endmacro %}
