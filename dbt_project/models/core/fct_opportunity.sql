with final as (

    select
        opportunities.opportunity_id,
        opportunities.source,
        opportunities.source_opportunity_id,
        accounts.account_id,
        opportunities.source_account_id,
        {{ entity_id('opportunities.source', 'opportunities.source_owner_id') }} as owner_id,
        {{ entity_id('opportunities.source', 'opportunities.source_owner_id') }} as owner_current_id,
        opportunities.pipeline_id,
        stages.stage_id,
        segments.segment_id,
        opportunities.source_campaign_id as campaign_source_id,

        opportunities.opportunity_name,
        opportunities.stage_name,
        staged.stage_type,
        staged.forecast_category,
        staged.sale_type,
        opportunities.lead_source,
        opportunities.loss_reason,
        opportunities.next_step,
        staged.currency,
        excluded.exclusion_reason,

        opportunities.amount as amount_original,
        staged.amount,
        {{ money('last_open.last_open_amount_original * staged.exchange_rate') }} as last_open_amount,
        {{ round_float('cast(staged.exchange_rate as double)') }} as exchange_rate,
        {{ round_float('staged.probability') }} as probability,
        cast(staged.cycle_days as bigint) as cycle_days,

        staged.is_closed,
        staged.is_won,
        excluded.exclusion_reason is null as is_counted,

        staged.created_date,
        opportunities.close_date,
        staged.closed_date,
        opportunities.last_activity_date,
        opportunities.created_at
    from {{ ref('int_opportunity_unioned') }} as opportunities
    inner join {{ ref('int_opportunity_staged') }} as staged
        on opportunities.opportunity_id = staged.opportunity_id
    left join {{ ref('int_opportunity_last_open_amount') }} as last_open
        on opportunities.opportunity_id = last_open.opportunity_id
    left join {{ ref('int_opportunity_segmented') }} as segments
        on opportunities.opportunity_id = segments.opportunity_id
    left join {{ ref('int_opportunity_excluded') }} as excluded
        on opportunities.opportunity_id = excluded.opportunity_id
    left join {{ ref('dim_stage') }} as stages on staged.stage_id = stages.stage_id
    left join {{ ref('int_account_unioned') }} as accounts
        on
            opportunities.source = accounts.source
            and opportunities.source_account_id = accounts.source_account_id

)

select * from final
