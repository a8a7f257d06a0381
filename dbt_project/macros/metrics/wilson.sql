{#-
    Bounds of the Wilson score interval of a share at 95 % (Wilson 1927, "Probable inference", JASA 22), NULL without trials.
    z is the 0.975 quantile of the normal distribution.
-#}
{% macro wilson_low(successes, trials) -%}
    {{ wilson_bound(successes, trials, '-') }}
{%- endmacro %}

{% macro wilson_high(successes, trials) -%}
    {{ wilson_bound(successes, trials, '+') }}
{%- endmacro %}

{% macro wilson_bound(successes, trials, sign) -%}
    {%- set z = '1.959963984540054' -%}
    {%- set s = 'cast(' ~ successes ~ ' as double)' -%}
    {%- set n = 'cast(' ~ trials ~ ' as double)' -%}
    {%- set bound -%}
    least(1.0, greatest(0.0,
        ({{ s }} + {{ z }} * {{ z }} / 2 {{ sign }} {{ z }} * sqrt({{ s }} * ({{ n }} - {{ s }}) / {{ n }} + {{ z }} * {{ z }} / 4))
        / ({{ n }} + {{ z }} * {{ z }})
    ))
    {%- endset -%}
    case when {{ trials }} > 0 then {{ round_float(bound) }} end
{%- endmacro %}

{#- 0.236593 to 0.763407 for 5 of 10, as in Newcombe 1998, "Two-sided confidence intervals for the single proportion". -#}
{% macro expect_wilson() %}
    select
        'wilson bounds of 5 of 10, and none without trials' as expectation,
        case
            when
                abs({{ wilson_low(5, 10) }} - 0.236593) < 0.000001
                and abs({{ wilson_high(5, 10) }} - 0.763407) < 0.000001
                and {{ wilson_low(0, 7) }} = 0
                and {{ wilson_low(0, 0) }} is null
                then 'known interval'
        end as actual,
        'known interval' as expected
{% endmacro %}
