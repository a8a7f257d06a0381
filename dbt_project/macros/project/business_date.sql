{#- The day on which something happened for a reader in the given zone: the only way from a timestamp to a date. -#}
{% macro business_date(timestamp_utc, time_zone) -%}
    cast({{ to_local(timestamp_utc, time_zone) }} as date)
{%- endmacro %}
