-- What a deal is now. The CRM's own flags win over the configured type of its stage; without them the stage decides. A closed
-- deal is worth what its currency was worth on its close date, an open one what it is worth as of the run.
with opportunities as (

    select
        opportunities.*,
        coalesce(opportunities.currency, run_context.reporting_currency) as currency_now,
        {{ surrogate_key(['opportunities.source', 'opportunities.pipeline_id', 'opportunities.stage_name']) }} as stage_id,
        run_context.as_of,
        {{ business_date('opportunities.created_at', 'run_context.company_timezone') }} as created_date
    from {{ ref('int_opportunity_unioned') }} as opportunities
    cross join {{ source('config', 'run_context') }} as run_context
    where not opportunities.is_deleted

),

flagged as (

    select
        opportunities.*,
        stages.default_probability,
        stages.forecast_category as default_forecast_category,
        coalesce(opportunities.is_won, false)
        or coalesce(opportunities.is_closed, stages.stage_type in ('won', 'lost'), false) as is_closed_now,
        coalesce(
            opportunities.is_won,
            stages.stage_type = 'won' and coalesce(opportunities.is_closed, true),
            false
        ) as is_won_now
    from opportunities
    left join {{ ref('dim_stage') }} as stages on opportunities.stage_id = stages.stage_id

),

final as (

    select
        flagged.opportunity_id,
        flagged.stage_id,
        case when flagged.is_won_now then 'won' when flagged.is_closed_now then 'lost' else 'open' end as stage_type,
        coalesce(flagged.forecast_category, flagged.default_forecast_category) as forecast_category,
        coalesce(sale_types.sale_type, 'new') as sale_type,
        flagged.currency_now as currency,

        rates.rate as exchange_rate,
        {{ money('flagged.amount * rates.rate') }} as amount,
        coalesce(
            flagged.probability_pct / 100,
            case
                when flagged.is_won_now then 1.0
                when flagged.is_closed_now then 0.0
                else flagged.default_probability
            end
        ) as probability,

        flagged.is_closed_now as is_closed,
        flagged.is_won_now as is_won,

        flagged.created_date,
        case when flagged.is_closed_now then flagged.close_date end as closed_date,
        case
            when flagged.is_closed_now and flagged.close_date >= flagged.created_date
                then {{ days_between('flagged.created_date', 'flagged.close_date') }}
        end as cycle_days
    from flagged
    left join {{ ref('int_exchange_rate') }} as rates
        on
            flagged.currency_now = rates.currency
            and case when flagged.is_closed_now then coalesce(flagged.close_date, flagged.as_of) else flagged.as_of end
            between rates.valid_from and rates.valid_until
    left join {{ source('config', 'sale_type') }} as sale_types
        on lower(trim(flagged.opportunity_type)) = sale_types.type_value

)

select * from final
