{#-
    A float as a decimal, for sums and means: decimals add up to the same in every order, floats do not, and rounding the sum
    only makes the difference rare.
-#}
{% macro exact(expression) -%}
    cast({{ expression }} as decimal(38, 15))
{%- endmacro %}

{% macro expect_exact() %}
    select
        'exact adds 0.1, 0.2 and 0.3 up to 0.6, which floats do not' as expectation,
        (
            select
                case when cast(sum({{ exact('n') }}) as double) = cast(0.6 as double) then 'exact' end
            from (
                select cast(0.1 as double) as n
                union all
                select cast(0.2 as double) as n
                union all
                select cast(0.3 as double) as n
            ) as parts
        ) as actual,
        'exact' as expected
{% endmacro %}
