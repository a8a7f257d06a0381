-- Fiscal years are named by the calendar year in which they end. Fiscal weeks are Monday weeks and belong to the fiscal year of
-- their Thursday, so a year has 52 or 53 of them and its first and last week may reach into the neighbour (fiscal_week_year).
with span as (

    select
        run_context.fiscal_year_start_month as start_month,
        {{ month_start('coalesce(span.first_event_date, span.as_of)') }} as first_day,
        span.last_date
    from {{ ref('int_company_span') }} as span
    cross join {{ source('config', 'run_context') }} as run_context

),

-- From the start of the quarter, so that business days are counted from its first day; the extra days are dropped at the end.
bounds as (

    select
        start_month,
        first_day,
        {{ fiscal_quarter_start('first_day', 'start_month') }} as spine_start,
        {{ add_days(add_years(fiscal_year_start('last_date', 'start_month'), 1), -1) }} as last_day
    from span

),

days as (

    select
        bounds.start_month,
        bounds.first_day,
        {{ add_days('bounds.spine_start', 'numbers.n') }} as date_day
    from bounds
    inner join {{ whole_numbers(40000) }} as numbers
        on numbers.n <= {{ days_between('bounds.spine_start', 'bounds.last_day') }}

),

placed as (

    select
        *,
        {{ iso_weekday('date_day') }} as iso_weekday,
        {{ fiscal_year_start('date_day', 'start_month') }} as fiscal_year_start,
        {{ fiscal_quarter_start('date_day', 'start_month') }} as fiscal_quarter_start,
        {{ add_days('date_day', '4 - ' ~ iso_weekday('date_day')) }} as thursday
    from days

),

weeked as (

    select
        *,
        {{ fiscal_year_start('thursday', 'start_month') }} as week_year_start
    from placed

),

holidays as (

    select
        day as date_day,
        min(name) as holiday_name
    from {{ source('config', 'holiday') }}
    group by day

),

worked as (

    select
        weeked.*,
        holidays.holiday_name,
        case when holidays.date_day is null then coalesce(working_time.minutes, 0) else 0 end as working_minutes
    from weeked
    left join holidays on weeked.date_day = holidays.date_day
    left join {{ source('config', 'working_time') }} as working_time
        on weeked.iso_weekday = working_time.weekday

),

counted as (

    select
        *,
        sum(case when working_minutes > 0 then 1 else 0 end) over (
            partition by fiscal_quarter_start
            order by date_day
            rows between unbounded preceding and current row
        ) as business_day_of_quarter
    from worked

),

final as (

    select
        date_day,

        cast(extract(year from date_day) as integer) as calendar_year,
        cast(extract(quarter from date_day) as integer) as calendar_quarter,
        {{ month_start('date_day') }} as month_start,
        {{ add_days('date_day', '1 - iso_weekday') }} as week_start,
        iso_weekday,

        {{ fiscal_columns('date_day', 'start_month') }},
        fiscal_quarter_start,
        {{ add_days(add_months('fiscal_quarter_start', 3), -1) }} as fiscal_quarter_end,
        fiscal_year_start,
        {{ add_days(add_years('fiscal_year_start', 1), -1) }} as fiscal_year_end,

        cast(extract(year from {{ add_months('week_year_start', 11) }}) as integer) as fiscal_week_year,
        {{ days_between('week_year_start', 'thursday') }} as fiscal_week_days,
        {{ days_between('fiscal_quarter_start', 'date_day') }}
            as quarter_days,
        business_day_of_quarter,

        working_minutes,
        working_minutes > 0 as is_working_day,
        holiday_name
    from counted
    where date_day >= first_day

)

select
    date_day,
    calendar_year,
    calendar_quarter,
    month_start,
    week_start,
    iso_weekday,
    fiscal_year,
    fiscal_quarter,
    fiscal_month,
    fiscal_quarter_start,
    fiscal_quarter_end,
    fiscal_year_start,
    fiscal_year_end,
    fiscal_week_year,
    cast(floor(fiscal_week_days / 7) as integer) + 1 as fiscal_week,
    cast(floor(quarter_days / 7) as integer) + 1 as week_of_quarter,
    cast(business_day_of_quarter as integer) as business_day_of_quarter,
    cast(working_minutes as integer) as working_minutes,
    is_working_day,
    holiday_name
from final
