-- core.coverage was built after every mart that it lists, and counts its rows.
with counted as (
    {%- for mart in coverage_marts() %}

    select
        '{{ mart }}' as mart,
        count(*) as rows_n
    from {{ ref(mart) }}
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

)

select
    counted.mart,
    counted.rows_n,
    coverages.rows as told_n
from counted
full outer join {{ ref('coverage') }} as coverages on counted.mart = coverages.mart
where coalesce(counted.rows_n, -1) <> coalesce(coverages.rows, -1)
