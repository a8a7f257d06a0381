{#- The schemas are part of the contract with BI, so the target's own schema never prefixes them. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
