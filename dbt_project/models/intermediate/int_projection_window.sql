-- The periods to project (the one that holds as_of, and the next), and the same days of earlier periods to learn from: a period
-- is looked at as many days after its start as as_of is after the start of the one to project (before it, for the next period).
with span as (

    select
        span.as_of,
        span.first_event_date,
        run_context.fiscal_year_start_month as start_month
    from {{ ref('int_company_span') }} as span
    cross join {{ source('config', 'run_context') }} as run_context
    where span.first_event_date is not null

),

starts as (

    select
        span.*,
        'month' as period_type,
        1 as period_months,
        {{ month_start('span.first_event_date') }} as first_start,
        {{ month_start('span.as_of') }} as current_start
    from span

    union all

    select
        span.*,
        'quarter' as period_type,
        3 as period_months,
        {{ fiscal_quarter_start('span.first_event_date', 'span.start_month') }} as first_start,
        {{ fiscal_quarter_start('span.as_of', 'span.start_month') }} as current_start
    from span

),

kinds as (

    select
        starts.*,
        'current_period' as day_kind,
        starts.current_start as projected_start
    from starts

    union all

    select
        starts.*,
        'next_period' as day_kind,
        {{ add_months('starts.current_start', 'starts.period_months') }} as projected_start
    from starts

),

periods as (

    select
        kinds.period_type,
        kinds.day_kind,
        kinds.as_of,
        kinds.first_event_date,
        kinds.projected_start,
        {{ days_between('kinds.projected_start', 'kinds.as_of') }}
            as projected_offset,
        {{ add_months('kinds.first_start', 'cast(numbers.n * kinds.period_months as integer)') }} as period_start,
        {{ add_days(
            add_months('kinds.first_start', 'cast((numbers.n + 1) * kinds.period_months as integer)'), -1
        ) }} as period_end
    from kinds
    inner join {{ whole_numbers(1200) }} as numbers
        on {{ add_months('kinds.first_start', 'cast(numbers.n * kinds.period_months as integer)') }} <= kinds.projected_start

),

observed as (

    select
        period_type,
        day_kind,
        period_start,
        period_end,
        as_of,
        first_event_date,
        period_start = projected_start as is_current,
        {{ add_days('period_start', 'cast(projected_offset as integer)') }} as day_at_offset
    from periods

),

final as (

    select
        {{ surrogate_key(['period_type', 'period_start', 'day_kind']) }} as projection_window_id,
        period_type,
        day_kind,
        is_current,
        period_start,
        period_end,
        case when day_at_offset > period_end then period_end else day_at_offset end as on_day
    from observed
    where
        is_current
        or (
            period_end < as_of
            and period_start >= first_event_date
            and day_at_offset >= first_event_date
        )

)

select * from final
