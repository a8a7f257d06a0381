{#-
    Twelve significant digits, the one rounding of floats at a mart's boundary: parallel sums differ in the last bits from run
    to run. Scaling by a power of ten (rather than a variable number of places) is what every engine accepts.
-#}
{% macro round_float(expression) -%}
    {%- set scale = 'power(cast(10 as double), 11 - floor(log10(abs(nullif((' ~ expression ~ '), 0)))))' -%}
    coalesce(round(({{ expression }}) * {{ scale }}) / {{ scale }}, cast({{ expression }} as double))
{%- endmacro %}

{% macro expect_round_float() %}
    select
        'round_float drops the noise of 0.1 + 0.2, and of big numbers' as expectation,
        case
            when
                {{ round_float('(cast(0.1 as double) + cast(0.2 as double))') }} = cast(0.3 as double)
                and {{ round_float('cast(1234567890123456 as double)') }} = cast(1234567890120000 as double)
                and {{ round_float('cast(0 as double)') }} = 0
                and {{ round_float('cast(null as double)') }} is null
                then 'rounded'
        end as actual,
        'rounded' as expected
{% endmacro %}
