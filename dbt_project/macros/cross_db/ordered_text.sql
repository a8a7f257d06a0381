{#-
    An aggregate: the texts of a group joined into one, in the order of other columns; NULLs are left out. dbt.listagg knows no
    order on Spark.
-#}
{% macro ordered_text(value, separator, order_by) -%}
    {{ return(adapter.dispatch('ordered_text', 'salesops')(value, separator, order_by)) }}
{%- endmacro %}

{% macro default__ordered_text(value, separator, order_by) -%}
    string_agg({{ value }}, '{{ separator }}' order by {{ order_by | join(', ') }})
{%- endmacro %}

{% macro spark__ordered_text(value, separator, order_by) -%}
    array_join(
        array_sort(collect_list(struct({{ order_by | join(', ') }}, {{ value }} as joined_value))).joined_value,
        '{{ separator }}'
    )
{%- endmacro %}

{% macro expect_ordered_text() %}
    select
        'ordered_text keeps the order of other columns and leaves NULLs out' as expectation,
        {{ ordered_text('listed.item', ', ', ['listed.place', 'listed.item']) }} as actual,
        'c, a, b' as expected
    from (
        select
            'b' as item,
            2 as place

        union all

        select
            'a' as item,
            2 as place

        union all

        select
            'c' as item,
            1 as place

        union all

        select
            cast(null as string) as item,
            1 as place
    ) as listed
{% endmacro %}
