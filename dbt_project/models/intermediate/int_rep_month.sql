-- The rows of the reps' monthly mart. A rep's deals outside the employment that HR states still get their month: a wrong hire
-- date must not make bookings vanish.
with span as (

    select
        {{ month_start('first_opportunity_date') }} as first_month,
        {{ month_start('last_date') }} as last_month
    from {{ ref('int_company_span') }}

),

closings as (

    select
        owner_id as user_id,
        {{ month_start('min(closed_date)') }} as first_closing_month,
        {{ month_start('max(closed_date)') }} as last_closing_month
    from {{ ref('fct_opportunity') }}
    where
        is_closed
        and is_counted
    group by owner_id

),

reps as (

    select
        users.user_id,
        users.manager_id,
        users.segment_id,
        users.role,
        users.hire_date,
        users.end_date,
        greatest(span.first_month, coalesce({{ month_start('users.hire_date') }}, span.first_month)) as employed_from,
        least(span.last_month, coalesce({{ month_start('users.end_date') }}, span.last_month)) as employed_to,
        closings.first_closing_month,
        closings.last_closing_month
    from {{ ref('dim_user') }} as users
    cross join span
    left join closings on users.user_id = closings.user_id
    where
        users.is_rep
        and users.is_current

),

final as (

    select
        {{ surrogate_key(['reps.user_id', 'days.month_start']) }} as rep_month_id,
        reps.user_id,
        reps.manager_id,
        reps.segment_id,
        reps.role,
        reps.hire_date,
        reps.end_date,
        days.month_start,
        days.fiscal_year,
        days.fiscal_quarter,
        days.fiscal_month,
        days.fiscal_quarter_start,
        days.fiscal_quarter_end,
        cast({{ complete_months('reps.hire_date', 'days.month_start') }} as integer) as tenure_months
    from reps
    inner join {{ ref('dim_date') }} as days
        on
            days.date_day = days.month_start
            and days.month_start >= least(reps.employed_from, coalesce(reps.first_closing_month, reps.employed_from))
            and days.month_start <= greatest(reps.employed_to, coalesce(reps.last_closing_month, reps.employed_to))

)

select * from final
