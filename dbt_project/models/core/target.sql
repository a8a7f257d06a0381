-- A target stays in its own period. Where the CRM keeps a total beside its product families, the total is the quota. A quota is
-- worth what its currency was worth on the first day of its period.
with dated as (

    select
        quotas.user_id,
        quotas.product_family,
        quotas.quota_amount,
        run_context.quota_period,
        coalesce(quotas.currency, run_context.reporting_currency) as currency,
        case run_context.quota_period
            when 'quarter' then {{ fiscal_quarter_start('quotas.start_date', 'run_context.fiscal_year_start_month') }}
            else {{ month_start('quotas.start_date') }}
        end as period_start
    from {{ ref('int_quota_unioned') }} as quotas
    cross join {{ source('config', 'run_context') }} as run_context
    where
        quotas.user_id is not null
        and quotas.start_date is not null
        and quotas.quota_amount is not null

),

quotas as (

    select
        dated.user_id,
        dated.product_family,
        dated.quota_period,
        dated.period_start,
        {{ money('dated.quota_amount * rates.rate') }} as quota_amount
    from dated
    inner join {{ ref('int_exchange_rate') }} as rates
        on
            dated.currency = rates.currency
            and dated.period_start between rates.valid_from and rates.valid_until

),

sums as (

    select
        user_id,
        period_start,
        quota_period,
        sum(case when product_family is null then quota_amount end) as total_amount,
        sum(quota_amount) as family_amount
    from quotas
    group by user_id, period_start, quota_period

),

final as (

    select
        {{ surrogate_key(["'rep'", 'user_id', 'period_start', 'quota_period', "'bookings'", "'crm'"]) }} as target_id,
        'rep' as scope_type,
        user_id as scope_id,
        quota_period as period_type,
        'bookings' as measure,
        'crm' as version,
        {{ money('coalesce(total_amount, family_amount)') }} as amount,
        period_start
    from sums

    union all

    select
        target_id,
        scope_type,
        scope_id,
        period_type,
        measure,
        version,
        {{ money('amount') }} as amount,
        period_start
    from {{ ref('int_target_finance') }}

)

select * from final
