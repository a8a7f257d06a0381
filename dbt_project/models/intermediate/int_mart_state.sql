-- How much is in each mart, and how new it is.
{%- set marts = coverage_marts() %}
with final as (
    {%- for mart, about in marts.items() %}

    select
        '{{ mart }}' as mart_name,
        count(*) as rows_n,
        {% if about.date -%} cast(max({{ about.date }}) as date) {%- else -%} cast(null as date) {%- endif %} as newest_date
    from {{ ref(mart) }}
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

)

select * from final
