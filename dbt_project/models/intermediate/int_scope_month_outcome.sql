-- What each scope closed in a month: sums over deals by the hierarchy valid at close, never averages of averages.
with closed as (

    select
        opportunity_id,
        owner_id,
        segment_id,
        closed_date,
        {{ month_start('closed_date') }} as month_start,
        is_won,
        amount,
        last_open_amount,
        cycle_days
    from {{ ref('fct_opportunity') }}
    where
        is_closed
        and is_counted

),

scoped as (

    select
        closed.*,
        'company' as scope_type,
        'all' as scope_id
    from closed

    union all

    select
        closed.*,
        'segment' as scope_type,
        closed.segment_id as scope_id
    from closed

    union all

    select
        closed.*,
        'team' as scope_type,
        bridge.manager_id as scope_id
    from closed
    inner join {{ ref('bridge_team') }} as bridge
        on
            closed.owner_id = bridge.user_id
            and closed.closed_date >= bridge.valid_from
            and closed.closed_date < bridge.valid_to

),

sums as (

    select
        scope_type,
        scope_id,
        month_start,
        sum(case when is_won then amount end) as bookings,
        sum(case when is_won then 1 else 0 end) as won_n,
        sum(case when is_won then 0 else 1 end) as lost_n,
        count(case when is_won then amount end) as won_with_amount_n,
        sum(case when is_won then last_open_amount end) as won_open_amount,
        sum(case when not is_won then last_open_amount end) as lost_open_amount,
        sum(case when is_won then cycle_days end) as won_cycle_days,
        count(case when is_won then cycle_days end) as won_cycle_n
    from scoped
    group by scope_type, scope_id, month_start

),

final as (

    select
        {{ surrogate_key(['scope_type', 'scope_id', 'month_start']) }} as scope_month_id,
        scope_type,
        scope_id,
        month_start,
        {{ money('coalesce(bookings, 0)') }} as bookings,
        cast(won_n as bigint) as won_n,
        cast(lost_n as bigint) as lost_n,
        cast(won_with_amount_n as bigint) as won_with_amount_n,
        {{ money('won_open_amount') }} as won_open_amount,
        {{ money('lost_open_amount') }} as lost_open_amount,
        cast(won_cycle_days as bigint) as won_cycle_days,
        cast(won_cycle_n as bigint) as won_cycle_n
    from sums

)

select * from final
