{#- An aggregate: the values of a group as a list, in the order of another column. -#}
{% macro ordered_list(value, order_by) -%}
    {{ return(adapter.dispatch('ordered_list', 'salesops')(value, order_by)) }}
{%- endmacro %}

{% macro default__ordered_list(value, order_by) -%}
    array_agg({{ value }} order by {{ order_by }})
{%- endmacro %}

{% macro spark__ordered_list(value, order_by) -%}
    array_sort(collect_list(struct({{ order_by }} as place, {{ value }} as value))).value
{%- endmacro %}

{% macro expect_ordered_list() %}
    select
        'ordered_list keeps the order of the other column' as expectation,
        cast({{ ordered_list('listed.item', 'listed.place') }} as string) as actual,
        '[7, 5]' as expected
    from (
        select
            5 as item,
            2 as place

        union all

        select
            7 as item,
            1 as place
    ) as listed
{% endmacro %}
