-- What was closed and what was open for a period on a day, as it was known then, and what the period brought in the end. Money
-- is added up by segment and stage first: only these few sums meet the stages' rates.
with windows as (

    select *
    from {{ ref('int_projection_window') }}

),

segments as (

    select distinct segment_id
    from {{ ref('fct_opportunity') }}
    where is_counted

),

won_days as (

    select
        segment_id,
        closed_date,
        sum(amount) as amount
    from {{ ref('fct_opportunity') }}
    where
        is_won
        and is_counted
    group by segment_id, closed_date

),

won as (

    select
        windows.projection_window_id,
        won_days.segment_id,
        sum(case when won_days.closed_date <= windows.on_day then won_days.amount end) as closed_amount,
        sum(won_days.amount) as actual_amount
    from windows
    inner join won_days on won_days.closed_date between windows.period_start and windows.period_end
    group by windows.projection_window_id, won_days.segment_id

),

-- What a deal without history was in the past is unknown; what it is now is not.
without_history as (

    select
        opportunities.segment_id,
        opportunities.stage_id,
        opportunities.currency,
        opportunities.amount_original as amount,
        opportunities.close_date
    from {{ ref('fct_opportunity') }} as opportunities
    left join {{ ref('int_opportunity_history_unioned') }} as history
        on
            opportunities.opportunity_id = history.opportunity_id
            and history.created_at is not null
    where
        not opportunities.is_closed
        and opportunities.is_counted
        and history.opportunity_id is null

),

open_deals as (

    select
        windows.projection_window_id,
        windows.on_day,
        spans.segment_id,
        spans.stage_id,
        spans.currency,
        spans.amount
    from windows
    inner join {{ ref('int_opportunity_span') }} as spans
        on
            windows.on_day >= spans.valid_from
            and windows.on_day < spans.valid_to
            and spans.close_date between windows.period_start and windows.period_end

    union all

    select
        windows.projection_window_id,
        windows.on_day,
        without_history.segment_id,
        without_history.stage_id,
        without_history.currency,
        without_history.amount
    from windows
    inner join without_history on without_history.close_date between windows.period_start and windows.period_end
    where windows.is_current

),

open_sums as (

    select
        open_deals.projection_window_id,
        open_deals.on_day,
        open_deals.segment_id,
        open_deals.stage_id,
        sum({{ money('open_deals.amount * rates.rate') }}) as amount
    from open_deals
    inner join {{ ref('int_exchange_rate') }} as rates
        on
            open_deals.currency = rates.currency
            and open_deals.on_day between rates.valid_from and rates.valid_until
    group by open_deals.projection_window_id, open_deals.on_day, open_deals.segment_id, open_deals.stage_id

),

opened as (

    select
        open_sums.projection_window_id,
        open_sums.segment_id,
        sum(open_sums.amount) as open_amount,
        sum({{ exact(money('open_sums.amount') ~ ' * stage_rates.win_rate') }}) as open_weighted_amount
    from open_sums
    left join {{ ref('int_stage_win_rate') }} as stage_rates
        on
            open_sums.stage_id = stage_rates.stage_id
            and open_sums.on_day = stage_rates.on_day
    group by open_sums.projection_window_id, open_sums.segment_id

),

segmented as (

    select
        windows.projection_window_id,
        segments.segment_id,
        coalesce(won.closed_amount, 0) as closed_amount,
        coalesce(won.actual_amount, 0) as actual_amount,
        coalesce(opened.open_amount, 0) as open_amount,
        coalesce(opened.open_weighted_amount, 0) as open_weighted_amount
    from windows
    cross join segments
    left join won
        on
            windows.projection_window_id = won.projection_window_id
            and segments.segment_id = won.segment_id
    left join opened
        on
            windows.projection_window_id = opened.projection_window_id
            and segments.segment_id = opened.segment_id

),

scoped as (

    select
        projection_window_id,
        'segment' as scope_type,
        segment_id as scope_id,
        closed_amount,
        actual_amount,
        open_amount,
        open_weighted_amount
    from segmented

    union all

    select
        projection_window_id,
        'company' as scope_type,
        'all' as scope_id,
        sum(closed_amount) as closed_amount,
        sum(actual_amount) as actual_amount,
        sum(open_amount) as open_amount,
        sum(open_weighted_amount) as open_weighted_amount
    from segmented
    group by projection_window_id

),

final as (

    select
        {{ surrogate_key(['scoped.projection_window_id', 'scoped.scope_type', 'scoped.scope_id']) }} as projection_basis_id,
        scoped.scope_type,
        scoped.scope_id,
        windows.period_type,
        windows.day_kind,
        windows.is_current,
        {{ days_between('windows.period_start', 'windows.on_day') }}
            as day_offset,

        {{ money('scoped.closed_amount') }} as closed_amount,
        {{ money('scoped.open_amount') }} as open_amount,
        {{ money('scoped.open_weighted_amount') }} as open_weighted_amount,
        {{ money('case when not windows.is_current then scoped.actual_amount end') }} as actual_amount,

        windows.period_start,
        windows.period_end,
        windows.on_day
    from scoped
    inner join windows on scoped.projection_window_id = windows.projection_window_id

)

select * from final
