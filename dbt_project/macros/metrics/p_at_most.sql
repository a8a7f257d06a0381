{#-
    Probability that a forecast quantity is at most a value: the piecewise-linear distribution through p10, p50 and p90. Beyond
    them nothing is known but that it is rare: 0.05 below p10, 0.95 above p90. NULL when a part is.
-#}
{% macro p_at_most(value, p10, p50, p90) -%}
    {%- set below = 'cast(' ~ value ~ ' - ' ~ p10 ~ ' as double) / nullif(cast(' ~ p50 ~ ' - ' ~ p10 ~ ' as double), 0)' -%}
    {%- set above = 'cast(' ~ value ~ ' - ' ~ p50 ~ ' as double) / nullif(cast(' ~ p90 ~ ' - ' ~ p50 ~ ' as double), 0)' -%}
    (
        case
            when {{ value }} is null or {{ p10 }} is null or {{ p50 }} is null or {{ p90 }} is null then cast(null as double)
            when {{ value }} < {{ p10 }} then 0.05
            when {{ value }} > {{ p90 }} then 0.95
            when {{ value }} <= {{ p50 }} then 0.1 + 0.4 * coalesce({{ below }}, 1)
            else 0.5 + 0.4 * coalesce({{ above }}, 1)
        end
    )
{%- endmacro %}

{% macro expect_p_at_most() %}
    select
        'p_at_most between, at and beyond the quantiles, and where they are one' as expectation,
        case
            when
                {{ p_at_most(9, 10, 20, 40) }} = 0.05
                and {{ round_float(p_at_most(15, 10, 20, 40)) }} = cast(0.3 as double)
                and {{ p_at_most(20, 10, 20, 40) }} = 0.5
                and {{ round_float(p_at_most(30, 10, 20, 40)) }} = cast(0.7 as double)
                and {{ p_at_most(41, 10, 20, 40) }} = 0.95
                and {{ p_at_most(20, 20, 20, 20) }} = 0.5
                and {{ p_at_most(20, 10, 20, 'cast(null as double)') }} is null
                then 'interpolated'
        end as actual,
        'interpolated' as expected
{% endmacro %}
