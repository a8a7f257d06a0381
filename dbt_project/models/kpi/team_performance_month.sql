-- Scopes overlap (a deal counts for its company, its segment and every manager above its owner): sum one scope_type at a time,
-- or filter by is_default_scope. Ratios are rolled up by their _num and _den.
with lost_deals as (

    select count(last_open_amount) as with_open_amount
    from {{ ref('fct_opportunity') }}
    where
        is_counted
        and is_closed
        and not is_won

),

targets as (

    select
        scope_type,
        scope_id,
        period_start,
        amount,
        row_number() over (partition by scope_type, scope_id, period_start order by version desc) as version_rank
    from {{ ref('target') }}
    where
        scope_type in ('company', 'team', 'segment')
        and period_type = 'month'
        and measure = 'bookings'

),

joined as (

    select
        scopes.scope_month_id,
        scopes.scope_type,
        scopes.scope_id,
        scopes.scope_name,
        scopes.month_start,
        scopes.fiscal_year,
        scopes.fiscal_quarter,
        scopes.fiscal_month,
        coalesce(quotas.rep_n, cast(0 as bigint)) as rep_n,
        coalesce(outcomes.bookings, {{ money(0) }}) as bookings,
        coalesce(outcomes.won_n, cast(0 as bigint)) as won_n,
        coalesce(outcomes.lost_n, cast(0 as bigint)) as lost_n,
        coalesce(outcomes.won_with_amount_n, cast(0 as bigint)) as won_with_amount_n,
        coalesce(
            lost_deals.with_open_amount > 0
            and (coalesce(outcomes.lost_n, 0) = 0 or outcomes.lost_open_amount is not null),
            false
        ) as has_open_amounts,
        coalesce(outcomes.won_open_amount, {{ money(0) }}) as won_open_amount,
        coalesce(outcomes.lost_open_amount, {{ money(0) }}) as lost_open_amount,
        coalesce(outcomes.won_cycle_days, cast(0 as bigint)) as won_cycle_days,
        coalesce(outcomes.won_cycle_n, cast(0 as bigint)) as won_cycle_n,
        targets.amount as target_amount,
        quotas.quota_sum
    from {{ ref('int_scope_month') }} as scopes
    cross join lost_deals
    left join {{ ref('int_scope_month_outcome') }} as outcomes on scopes.scope_month_id = outcomes.scope_month_id
    left join {{ ref('int_scope_month_quota') }} as quotas on scopes.scope_month_id = quotas.scope_month_id
    left join targets
        on
            scopes.scope_type = targets.scope_type
            and scopes.scope_id = targets.scope_id
            and scopes.month_start = targets.period_start
            and targets.version_rank = 1

),

windowed as (

    select
        *,
        lag(bookings) over (partition by scope_type, scope_id order by month_start) as bookings_month_before,
        cast(sum(won_n) over (
            partition by scope_type, scope_id order by month_start rows between 11 preceding and current row
        ) as bigint) as won_t4q_n,
        cast(sum(lost_n) over (
            partition by scope_type, scope_id order by month_start rows between 11 preceding and current row
        ) as bigint) as lost_t4q_n
    from joined

),

parts as (

    select
        *,
        {{ money('bookings - bookings_month_before') }} as growth_mom_num,
        case when has_open_amounts then won_open_amount end as amount_won,
        {{ money('case when has_open_amounts then won_open_amount + lost_open_amount end') }} as amount_decided,
        case when quota_sum is not null then bookings end as bookings_with_quota,
        case when target_amount is not null then quota_sum end as quota_with_target
    from windowed

),

final as (

    select
        scope_month_id as team_performance_month_id,
        scope_type,
        scope_id,
        scope_name,
        scope_type = 'company' as is_default_scope,
        month_start,
        fiscal_year,
        fiscal_quarter,
        fiscal_month,

        rep_n,
        bookings,
        {{ ratio_columns('revenue_growth_mom', 'growth_mom_num', 'bookings_month_before') }},

        won_n,
        lost_n,
        {{ ratio_columns('win_rate', 'won_n', 'won_n + lost_n') }},
        {{ wilson_low('won_n', '(won_n + lost_n)') }} as win_rate_low,
        {{ wilson_high('won_n', '(won_n + lost_n)') }} as win_rate_high,
        {{ ratio_columns('win_rate_t4q', 'won_t4q_n', 'won_t4q_n + lost_t4q_n') }},
        {{ wilson_low('won_t4q_n', '(won_t4q_n + lost_t4q_n)') }} as win_rate_t4q_low,
        {{ wilson_high('won_t4q_n', '(won_t4q_n + lost_t4q_n)') }} as win_rate_t4q_high,
        {{ ratio_columns('win_rate_amount', 'amount_won', 'amount_decided') }},

        {{ ratio_columns('average_deal', 'bookings', 'won_with_amount_n') }},
        {{ ratio_columns('cycle_days_won', 'won_cycle_days', 'won_cycle_n') }},

        target_amount,
        quota_sum,
        {{ ratio_columns('attainment', 'bookings_with_quota', 'quota_sum') }},
        {{ ratio_columns('over_assignment', 'quota_with_target', 'target_amount') }}
    from parts

)

select * from final
