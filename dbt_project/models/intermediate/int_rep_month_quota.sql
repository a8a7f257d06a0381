-- The quota as assigned, and as it could be expected of a rep who was there for part of the month or is still ramping up.
with quotas as (

    select
        rep_months.rep_month_id,
        rep_months.user_id,
        rep_months.month_start,
        rep_months.hire_date,
        rep_months.end_date,
        rep_months.tenure_months,
        targets.amount
    from {{ ref('int_rep_month') }} as rep_months
    inner join {{ ref('target') }} as targets
        on
            rep_months.user_id = targets.scope_id
            and rep_months.month_start = targets.period_start
            and targets.scope_type = 'rep'
            and targets.period_type = 'month'
            and targets.measure = 'bookings'

),

presence as (

    select
        quotas.rep_month_id,
        count(*) as working_days,
        sum(
            case
                when
                    days.date_day >= coalesce(quotas.hire_date, days.date_day)
                    and days.date_day <= coalesce(quotas.end_date, days.date_day)
                    then 1
                else 0
            end
        ) as employed_working_days
    from quotas
    inner join {{ ref('dim_date') }} as days on quotas.month_start = days.month_start
    where days.is_working_day
    group by quotas.rep_month_id

),

-- Each step holds until the next one; the last step for its own month, then the rep is ramped.
ramp as (

    select
        productivity,
        tenure_month as from_month,
        coalesce(lead(tenure_month) over (order by tenure_month), tenure_month + 1) as until_month
    from {{ source('config', 'ramp') }}

),

final as (

    select
        quotas.rep_month_id,
        quotas.user_id,
        quotas.month_start,
        quotas.amount as quota_assigned,
        -- Rounding from a decimal: the last bit of a float would turn half a cent down.
        {{ money(
            'cast(quotas.amount * coalesce(ramp.productivity, 1) * presence.employed_working_days / presence.working_days '
            'as decimal(28, 6))'
        ) }} as quota_effective
    from quotas
    left join presence on quotas.rep_month_id = presence.rep_month_id
    left join ramp
        on
            quotas.tenure_months >= ramp.from_month
            and quotas.tenure_months < ramp.until_month

)

select * from final
