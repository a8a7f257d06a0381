{#- What points of some days ago are still worth: half of them after each half-life. -#}
{% macro decayed_points(points, age_days, half_life_days) -%}
    ({{ points }} * power(cast(2 as double), -cast({{ age_days }} as double) / nullif(cast({{ half_life_days }} as double), 0)))
{%- endmacro %}

{% macro expect_decayed_points() %}
    select
        'decayed_points: 9 points lose 0.3 in 3 days of that half-life, half in one, nothing today' as expectation,
        case
            when
                {{ round_float(decayed_points(9, 3, '(3 * ln(2) / ln(9 / 8.7))')) }} = cast(8.7 as double)
                and {{ decayed_points(9, 14, 14) }} = cast(4.5 as double)
                and {{ decayed_points(-9, 0, 14) }} = cast(-9 as double)
                and {{ decayed_points(9, 1, 0) }} is null
                then 'decayed'
        end as actual,
        'decayed' as expected
{% endmacro %}
