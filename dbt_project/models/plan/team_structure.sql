-- Which sales-operations roles a company of this size needs, and which it had at the end of each quarter (or at as_of).
with quarters as (

    select
        {{ fiscal_quarter_start('days.date_day', 'run_context.fiscal_year_start_month') }} as quarter_start,
        run_context.as_of,
        run_context.fiscal_year_start_month,
        span.first_event_date
    from {{ ref('dim_date') }} as days
    cross join {{ source('config', 'run_context') }} as run_context
    cross join {{ ref('int_company_span') }} as span
    where days.date_day <= run_context.as_of
    group by
        {{ fiscal_quarter_start('days.date_day', 'run_context.fiscal_year_start_month') }},
        run_context.as_of,
        run_context.fiscal_year_start_month,
        span.first_event_date

),

ends as (

    select
        quarter_start,
        fiscal_year_start_month,
        first_event_date,
        least({{ add_days(add_months('quarter_start', 3), -1) }}, as_of) as on_day
    from quarters
    where quarter_start >= first_event_date

),

-- Counted back from the day after, so that a year that ends on 28 February does not reach back to the 29th.
years as (

    select
        *,
        {{ add_months(add_days('on_day', 1), -12) }} as year_start
    from ends

),

bookings as (

    select
        years.quarter_start,
        sum(deals.amount) as amount
    from years
    inner join {{ ref('fct_opportunity') }} as deals
        on
            years.year_start <= deals.closed_date
            and years.on_day >= deals.closed_date
    where
        deals.is_won
        and deals.is_counted
    group by years.quarter_start

),

sized as (

    select
        years.*,
        years.year_start >= years.first_event_date as is_full_year,
        {{ money('coalesce(bookings.amount, 0) / rates.rate') }} as arr_usd
    from years
    left join bookings on years.quarter_start = bookings.quarter_start
    left join {{ ref('int_exchange_rate') }} as rates
        on
            rates.currency = 'USD'
            and years.on_day between rates.valid_from and rates.valid_until

),

-- The roles of the company's band and of those below it; a role is there if somebody who is employed on the day has it.
roles as (

    select
        sized.quarter_start,
        roles.band_order,
        roles.band,
        roles.role_name,
        roles.why,
        max(roles.band_order) over (partition by sized.quarter_start) as band_reached,
        max(case when users.user_id is not null then 1 else 0 end) as is_present
    from sized
    inner join {{ source('config', 'structure_role') }} as roles
        on
            sized.arr_usd is not null
            and (roles.min_arr is null or sized.arr_usd >= roles.min_arr)
    left join {{ ref('dim_user') }} as users
        on
            users.is_current
            and (lower(users.role) like roles.pattern or lower(users.title) like roles.pattern)
            and coalesce(sized.on_day >= users.hire_date, users.is_active)
            and coalesce(sized.on_day < users.end_date, users.is_active)
    group by sized.quarter_start, roles.band_order, roles.band, roles.role_name, roles.why

),

missing as (

    select
        quarter_start,
        role_name,
        why,
        row_number() over (partition by quarter_start order by band_order, role_name) as missing_rank
    from roles
    where is_present = 0

),

lists as (

    select
        quarter_start,
        min(case when band_order = band_reached then band end) as arr_band,
        {{ ordered_text('role_name', ', ', ['band_order', 'role_name']) }} as roles_needed,
        {{ ordered_text('case when is_present = 1 then role_name end', ', ', ['band_order', 'role_name']) }} as roles_present
    from roles
    group by quarter_start

),

final as (

    select
        {{ surrogate_key(['sized.quarter_start']) }} as team_structure_id,
        sized.quarter_start,
        {{ fiscal_columns('sized.quarter_start', 'sized.fiscal_year_start_month') }},
        sized.on_day,

        sized.arr_usd,
        'trailing_12_month_bookings' as basis,
        sized.is_full_year,
        lists.arr_band,
        lists.roles_needed,
        coalesce(lists.roles_present, '') as roles_present,
        missing.role_name as next_hire,
        missing.why as reason
    from sized
    left join lists on sized.quarter_start = lists.quarter_start
    left join missing
        on
            sized.quarter_start = missing.quarter_start
            and missing.missing_rank = 1

)

select
    team_structure_id,
    quarter_start,
    fiscal_year,
    fiscal_quarter,
    on_day,
    arr_usd,
    basis,
    is_full_year,
    arr_band,
    roles_needed,
    roles_present,
    next_hire,
    reason
from final
