{#- The key of an entity, and of every reference to it: NULL when the export names no entity. -#}
{% macro entity_id(source, natural_id) -%}
    case when {{ natural_id }} is not null then {{ surrogate_key([source, natural_id]) }} end
{%- endmacro %}
