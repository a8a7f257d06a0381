-- What happened in each month from the first complete one on, wherever something did: by measure, for the company and its
-- segments, and by item. Sums are decimals until the end, so that a segment's revenue is exact.
with events as (

    {%- for measure, day in [('leads', 'created_date'), ('mql', 'mql_date'), ('sql', 'sql_date')] %}

    select
        '{{ measure }}' as measure,
        segment_id,
        {{ day }} as event_date,
        {{ money(1) }} as event_value
    from {{ ref('int_lead_funnel') }}
    where {{ day }} is not null

    union all
    {%- endfor %}

    select
        'orders' as measure,
        segment_id,
        closed_date as event_date,
        {{ money(1) }} as event_value
    from {{ ref('fct_opportunity') }}
    where
        is_won
        and is_counted

    union all

    select
        'revenue' as measure,
        segment_id,
        closed_date as event_date,
        amount as event_value
    from {{ ref('fct_opportunity') }}
    where
        is_won
        and is_counted
        and amount is not null

),

segment_sums as (

    select
        measure,
        segment_id,
        {{ month_start('event_date') }} as period_start,
        sum(event_value) as event_value
    from events
    group by measure, segment_id, {{ month_start('event_date') }}

),

unioned as (

    select
        measure,
        'segment' as level,
        segment_id,
        cast(null as string) as item_id,
        period_start,
        cast(event_value as double) as event_value
    from segment_sums

    union all

    select
        measure,
        'total' as level,
        'all' as segment_id,
        cast(null as string) as item_id,
        period_start,
        cast(sum(event_value) as double) as event_value
    from segment_sums
    group by measure, period_start

    union all

    select
        'units' as measure,
        'item' as level,
        'all' as segment_id,
        item_id,
        {{ month_start('order_date') }} as period_start,
        cast(sum({{ exact('quantity') }}) as double) as event_value
    from {{ ref('stg_erp__sales_orders') }}
    where
        item_id is not null
        and quantity is not null
    group by item_id, {{ month_start('order_date') }}

),

final as (

    select
        {{ surrogate_key(['unioned.measure', 'unioned.level', 'coalesce(unioned.item_id, unioned.segment_id)']) }} as series_id,
        unioned.measure,
        unioned.level,
        unioned.segment_id,
        unioned.item_id,
        unioned.event_value,
        unioned.period_start
    from unioned
    inner join {{ ref('int_company_span') }} as span
        on
            unioned.period_start >= span.first_complete_month
            and unioned.period_start <= span.as_of

)

select
    {{ surrogate_key(['series_id', 'period_start']) }} as demand_month_id,
    series_id,
    measure,
    level,
    segment_id,
    item_id,
    event_value,
    period_start
from final
