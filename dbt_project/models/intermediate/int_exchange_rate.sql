-- A rate holds until the next one; the first one also for the time before it. The reporting currency is always worth 1.
with exported as (

    select
        rates.currency,
        rates.rate_date,
        rates.rate,
        row_number() over (partition by rates.currency, rates.rate_date order by rates.source) as source_rank
    from {{ ref('stg_finance__exchange_rates') }} as rates
    cross join {{ source('config', 'run_context') }} as run_context
    where
        rates.rate > 0
        and rates.rate_date is not null
        and rates.currency <> run_context.reporting_currency

),

spans as (

    select
        currency,
        rate,
        rate_date,
        lag(rate_date) over (partition by currency order by rate_date) as date_before,
        lead(rate_date) over (partition by currency order by rate_date) as date_after
    from exported
    where source_rank = 1

),

final as (

    select
        currency,
        -- A decimal, so that a product with money is exact.
        cast(rate as decimal(18, 10)) as rate,
        case when date_before is null then cast('0001-01-01' as date) else rate_date end as valid_from,
        coalesce({{ add_days('date_after', -1) }}, cast('9999-12-31' as date)) as valid_until
    from spans

    union all

    select
        reporting_currency as currency,
        cast(1 as decimal(18, 10)) as rate,
        cast('0001-01-01' as date) as valid_from,
        cast('9999-12-31' as date) as valid_until
    from {{ source('config', 'run_context') }}

)

select
    {{ surrogate_key(['currency', 'valid_from']) }} as exchange_rate_id,
    currency,
    rate,
    valid_from,
    valid_until
from final
