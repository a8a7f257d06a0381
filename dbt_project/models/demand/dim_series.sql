-- A series exists once something happened in it. Series of segments add up to their parent, the total of the same measure.
{% set names = {
    'leads': 'Leads', 'mql': 'Marketing-qualified leads', 'sql': 'Sales-qualified leads', 'orders': 'Orders',
    'revenue': 'Revenue', 'units': 'Units',
} %}
with series as (

    select distinct
        series_id,
        measure,
        level,
        segment_id,
        item_id
    from {{ ref('int_demand_month') }}

),

final as (

    select
        series.series_id,
        totals.series_id as parent_series_id,
        series.measure,
        series.level,
        series.segment_id,
        series.item_id,
        case series.measure
            {%- for measure, name in names.items() %}
            when '{{ measure }}' then '{{ name }}'
            {%- endfor %}
        end
        || ': '
        || case series.level
            when 'total' then 'all segments'
            when 'segment' then coalesce(segments.segment_name, series.segment_id)
            else coalesce(items.item_name, items.source_item_id, series.item_id)
        end as series_name
    from series
    left join series as totals
        on
            series.level = 'segment'
            and totals.level = 'total'
            and series.measure = totals.measure
    left join {{ ref('dim_segment') }} as segments on series.segment_id = segments.segment_id
    left join {{ ref('stg_erp__items') }} as items on series.item_id = items.item_id

)

select * from final
