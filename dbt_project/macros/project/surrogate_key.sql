{#- One hash of several columns. The separators cannot occur in exports, so ('a', 'bc') and ('ab', 'c') differ; so do NULL and ''. -#}
{% macro surrogate_key(columns) -%}
    md5(
        {%- for column in columns %}
        coalesce(cast({{ column }} as string), chr(30)){% if not loop.last %} || chr(31) ||{% endif %}
        {%- endfor %}
    )
{%- endmacro %}

{% macro expect_surrogate_key() %}
    select
        'surrogate_key tells columns apart, and NULL from empty text' as expectation,
        case
            when
                {{ surrogate_key(["'a'", "'bc'"]) }} <> {{ surrogate_key(["'ab'", "'c'"]) }}
                and {{ surrogate_key(["''"]) }} <> {{ surrogate_key(['cast(null as string)']) }}
                then 'different'
        end as actual,
        'different' as expected
{% endmacro %}
