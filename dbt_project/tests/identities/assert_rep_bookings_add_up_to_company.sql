-- By month: what the reps are credited, and what is won by others or by nobody, is what the company booked.
with company as (

    select
        month_start,
        bookings
    from {{ ref('team_performance_month') }}
    where is_default_scope

),

reps as (

    select
        month_start,
        sum(credited_bookings) as bookings
    from {{ ref('rep_performance_month') }}
    group by month_start

),

others as (

    select
        {{ month_start('opportunities.closed_date') }} as month_start,
        sum(opportunities.amount) as bookings
    from {{ ref('fct_opportunity') }} as opportunities
    left join {{ ref('dim_user') }} as owners
        on
            opportunities.owner_id = owners.user_id
            and owners.is_current
    where
        opportunities.is_won
        and opportunities.is_counted
        and not coalesce(owners.is_rep, false)
    group by {{ month_start('opportunities.closed_date') }}

)

select
    company.month_start,
    company.bookings,
    reps.bookings as rep_bookings,
    others.bookings as other_bookings
from company
left join reps on company.month_start = reps.month_start
left join others on company.month_start = others.month_start
where company.bookings <> coalesce(reps.bookings, 0) + coalesce(others.bookings, 0)
