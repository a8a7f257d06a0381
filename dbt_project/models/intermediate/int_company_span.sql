-- One row: from when to when the company's data reach. Every dense mart begins and ends by it.
with run_context as (

    select as_of
    from {{ source('config', 'run_context') }}

),

plausible as (

    select
        case
            when {{ is_plausible_date('opportunities.created_date', 'run_context.as_of') }} then opportunities.created_date
        end as created_date,
        case
            when {{ is_plausible_date('opportunities.closed_date', 'run_context.as_of') }} then opportunities.closed_date
        end as closed_date,
        opportunities.is_won and opportunities.is_counted as is_sale
    from {{ ref('fct_opportunity') }} as opportunities
    cross join run_context

),

deals as (

    select
        min(created_date) as first_created_date,
        min(closed_date) as first_closed_date,
        max(closed_date) as last_closed_date,
        min(case when is_sale then closed_date end) as first_won_date,
        max(case when is_sale then closed_date end) as last_won_date
    from plausible

),

activities as (

    select min(activities.local_day) as first_activity_day
    from {{ ref('fct_activity') }} as activities
    cross join run_context
    where {{ is_plausible_date('activities.local_day', 'run_context.as_of') }}

),

-- least() of several engines is NULL as soon as one argument is, so each falls back on the others.
firsts as (

    select
        run_context.as_of,
        deals.last_closed_date,
        deals.first_won_date,
        deals.last_won_date,
        least(
            coalesce(deals.first_created_date, deals.first_closed_date),
            coalesce(deals.first_closed_date, deals.first_created_date)
        ) as first_opportunity_date,
        activities.first_activity_day
    from run_context
    cross join deals
    cross join activities

),

bounds as (

    select
        as_of,
        last_closed_date,
        first_won_date,
        greatest(as_of, coalesce(last_won_date, as_of)) as last_sales_date,
        first_opportunity_date,
        greatest(as_of, coalesce(last_closed_date, as_of)) as last_date,
        least(
            coalesce(first_opportunity_date, first_activity_day),
            coalesce(first_activity_day, first_opportunity_date)
        ) as first_event_date
    from firsts

),

final as (

    select
        *,
        -- A month that data begin in the middle of would look like a bad one.
        case
            when {{ month_start('first_event_date') }} < first_event_date
                then {{ add_months(month_start('first_event_date'), 1) }}
            else first_event_date
        end as first_complete_month
    from bounds

)

select * from final
