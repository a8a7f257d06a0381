-- What a rep closed in a month: credit by split, counts by owner at close.
with closed as (

    select
        opportunity_id,
        owner_id,
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

credited as (

    select
        credits.user_id,
        closed.month_start,
        sum({{ money('cast(closed.amount * credits.credit_pct / 100 as decimal(28, 6))') }}) as credited_bookings
    from closed
    inner join {{ ref('fct_opportunity_credit') }} as credits on closed.opportunity_id = credits.opportunity_id
    where
        closed.is_won
        and credits.credit_type = 'revenue'
    group by credits.user_id, closed.month_start

),

counted as (

    select
        owner_id as user_id,
        month_start,
        sum(case when is_won then 1 else 0 end) as won_n,
        sum(case when is_won then 0 else 1 end) as lost_n,
        sum(case when is_won then amount end) as won_amount,
        count(case when is_won then amount end) as won_with_amount_n,
        sum(case when is_won then last_open_amount end) as won_open_amount,
        sum(case when not is_won then last_open_amount end) as lost_open_amount,
        sum(case when is_won then cycle_days end) as won_cycle_days,
        count(case when is_won then cycle_days end) as won_cycle_n,
        sum(case when not is_won then cycle_days end) as lost_cycle_days,
        count(case when not is_won then cycle_days end) as lost_cycle_n
    from closed
    where owner_id is not null
    group by owner_id, month_start

),

pairs as (

    select
        user_id,
        month_start
    from credited

    union distinct

    select
        user_id,
        month_start
    from counted

),

final as (

    select
        {{ surrogate_key(['pairs.user_id', 'pairs.month_start']) }} as rep_month_id,
        pairs.user_id,
        pairs.month_start,
        {{ money('coalesce(credited.credited_bookings, 0)') }} as credited_bookings,
        cast(coalesce(counted.won_n, 0) as bigint) as won_n,
        cast(coalesce(counted.lost_n, 0) as bigint) as lost_n,
        {{ money('coalesce(counted.won_amount, 0)') }} as won_amount,
        cast(coalesce(counted.won_with_amount_n, 0) as bigint) as won_with_amount_n,
        {{ money('counted.won_open_amount') }} as won_open_amount,
        {{ money('counted.lost_open_amount') }} as lost_open_amount,
        cast(counted.won_cycle_days as bigint) as won_cycle_days,
        cast(coalesce(counted.won_cycle_n, 0) as bigint) as won_cycle_n,
        cast(counted.lost_cycle_days as bigint) as lost_cycle_days,
        cast(coalesce(counted.lost_cycle_n, 0) as bigint) as lost_cycle_n
    from pairs
    left join credited
        on
            pairs.user_id = credited.user_id
            and pairs.month_start = credited.month_start
    left join counted
        on
            pairs.user_id = counted.user_id
            and pairs.month_start = counted.month_start

)

select * from final
