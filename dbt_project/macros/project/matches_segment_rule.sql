{#- Whether a value meets a rule of config.segment_rule: equal text (case ignored), and min <= number < max where given. -#}
{% macro matches_segment_rule(rule, text_value, number_value) -%}
    (
        {{ rule }}.field = 'any'
        or (
            {{ text_value }} is not null
            and ({{ rule }}.equals_value is null or lower({{ text_value }}) = lower({{ rule }}.equals_value))
            and ({{ rule }}.min_value is null or {{ number_value }} >= {{ rule }}.min_value)
            and ({{ rule }}.max_value is null or {{ number_value }} < {{ rule }}.max_value)
        )
    )
{%- endmacro %}
