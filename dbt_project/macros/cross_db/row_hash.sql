{#- A whole number that tells rows apart. Engines differ in it, and releases may: it is compared within one build file only. -#}
{% macro row_hash(columns) -%}
    {{ return(adapter.dispatch('row_hash', 'salesops')(columns)) }}
{%- endmacro %}

{% macro default__row_hash(columns) -%}
    cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0))
{%- endmacro %}

{% macro duckdb__row_hash(columns) -%}
    {#- A hash of several columns is a combination of theirs by bits; hashed again, what is the same in two rows does not cancel. #}
    hash(hash({{ columns | join(', ') }}))
{%- endmacro %}

{% macro expect_row_hash() %}
    select
        'row_hash tells columns apart, and NULL from empty text' as expectation,
        case
            when
                {{ row_hash(["'a'", "'bc'"]) }} <> {{ row_hash(["'ab'", "'c'"]) }}
                and {{ row_hash(["''"]) }} <> {{ row_hash(['cast(null as string)']) }}
                and {{ row_hash(["'a'"]) }} = {{ row_hash(["'a'"]) }}
                then 'different'
        end as actual,
        'different' as expected
{% endmacro %}
