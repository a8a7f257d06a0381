-- One row for every rep and month, deals or not. Counts and money add up; ratios do not: roll them up by their _num and _den.
with lost_deals as (

    select count(last_open_amount) as with_open_amount
    from {{ ref('fct_opportunity') }}
    where
        is_counted
        and is_closed
        and not is_won

),

joined as (

    select
        rep_months.*,
        {{ add_days('rep_months.fiscal_quarter_end', 'run_context.cohort_maturity_days') }} <= run_context.as_of as is_mature,
        coalesce(outcomes.credited_bookings, {{ money(0) }}) as credited_bookings,
        coalesce(outcomes.won_n, cast(0 as bigint)) as won_n,
        coalesce(outcomes.lost_n, cast(0 as bigint)) as lost_n,
        coalesce(outcomes.won_amount, {{ money(0) }}) as won_amount,
        coalesce(outcomes.won_with_amount_n, cast(0 as bigint)) as won_with_amount_n,
        -- Without amounts of lost deals the rate would be 100 %, whatever happened.
        coalesce(
            lost_deals.with_open_amount > 0
            and (coalesce(outcomes.lost_n, 0) = 0 or outcomes.lost_open_amount is not null),
            false
        ) as has_open_amounts,
        coalesce(outcomes.won_open_amount, {{ money(0) }}) as won_open_amount,
        coalesce(outcomes.lost_open_amount, {{ money(0) }}) as lost_open_amount,
        coalesce(outcomes.won_cycle_days, cast(0 as bigint)) as won_cycle_days,
        coalesce(outcomes.won_cycle_n, cast(0 as bigint)) as won_cycle_n,
        coalesce(outcomes.lost_cycle_days, cast(0 as bigint)) as lost_cycle_days,
        coalesce(outcomes.lost_cycle_n, cast(0 as bigint)) as lost_cycle_n,
        quotas.quota_assigned,
        quotas.quota_effective
    from {{ ref('int_rep_month') }} as rep_months
    cross join {{ source('config', 'run_context') }} as run_context
    cross join lost_deals
    left join {{ ref('int_rep_month_outcome') }} as outcomes on rep_months.rep_month_id = outcomes.rep_month_id
    left join {{ ref('int_rep_month_quota') }} as quotas on rep_months.rep_month_id = quotas.rep_month_id

),

banded as (

    select
        *,
        case
            when tenure_months is null then 'unknown'
            when tenure_months < 12 then '0-11'
            when tenure_months < 36 then '12-35'
            else '36+'
        end as tenure_band
    from joined

),

windowed as (

    select
        *,
        lag(credited_bookings, 1) over (partition by user_id order by month_start) as bookings_month_before,
        lag(credited_bookings, 12) over (partition by user_id order by month_start) as bookings_year_before,
        cast(sum(won_n) over (
            partition by user_id order by month_start rows between 11 preceding and current row
        ) as bigint) as won_t4q_n,
        cast(sum(lost_n) over (
            partition by user_id order by month_start rows between 11 preceding and current row
        ) as bigint) as lost_t4q_n,
        percent_rank() over (
            partition by month_start, coalesce(role, 'unknown'), tenure_band order by credited_bookings
        ) as bookings_percentile
    from banded

),

matured as (

    select
        windowed.*,
        case when windowed.is_mature then coalesce(cohorts.created_n, cast(0 as bigint)) end as cohort_created_n,
        case when windowed.is_mature then coalesce(cohorts.won_n, cast(0 as bigint)) end as cohort_won_n
    from windowed
    left join {{ ref('int_rep_quarter_cohort') }} as cohorts
        on
            windowed.user_id = cohorts.user_id
            and windowed.fiscal_quarter_start = cohorts.fiscal_quarter_start

),

parts as (

    select
        *,
        {{ money('credited_bookings - bookings_month_before') }} as growth_mom_num,
        {{ money('credited_bookings - bookings_year_before') }} as growth_yoy_num,
        case when has_open_amounts then won_open_amount end as amount_won,
        {{ money('case when has_open_amounts then won_open_amount + lost_open_amount end') }} as amount_decided,
        case when quota_assigned is not null then credited_bookings end as bookings_with_quota
    from matured

),

final as (

    select
        rep_month_id as rep_performance_month_id,
        user_id,
        manager_id,
        segment_id,
        role,
        tenure_band,
        month_start,
        fiscal_year,
        fiscal_quarter,
        fiscal_month,
        tenure_months,

        credited_bookings,
        {{ ratio_columns('revenue_growth_mom', 'growth_mom_num', 'bookings_month_before') }},
        {{ ratio_columns('revenue_growth_yoy', 'growth_yoy_num', 'bookings_year_before') }},
        {{ round_float('bookings_percentile') }} as bookings_percentile,

        won_n,
        lost_n,
        {{ ratio_columns('win_rate', 'won_n', 'won_n + lost_n') }},
        {{ wilson_low('won_n', '(won_n + lost_n)') }} as win_rate_low,
        {{ wilson_high('won_n', '(won_n + lost_n)') }} as win_rate_high,
        {{ ratio_columns('win_rate_t4q', 'won_t4q_n', 'won_t4q_n + lost_t4q_n') }},
        {{ wilson_low('won_t4q_n', '(won_t4q_n + lost_t4q_n)') }} as win_rate_t4q_low,
        {{ wilson_high('won_t4q_n', '(won_t4q_n + lost_t4q_n)') }} as win_rate_t4q_high,
        {{ ratio_columns('win_rate_amount', 'amount_won', 'amount_decided') }},
        {{ ratio_columns('cohort_win_rate', 'cohort_won_n', 'cohort_created_n') }},

        quota_assigned,
        quota_effective,
        {{ ratio_columns('attainment_assigned', 'bookings_with_quota', 'quota_assigned') }},
        {{ ratio_columns('attainment_effective', 'bookings_with_quota', 'quota_effective') }},

        {{ ratio_columns('average_deal', 'won_amount', 'won_with_amount_n') }},
        {{ ratio_columns('cycle_days_won', 'won_cycle_days', 'won_cycle_n') }},
        {{ ratio_columns('cycle_days_lost', 'lost_cycle_days', 'lost_cycle_n') }}
    from parts

)

select * from final
