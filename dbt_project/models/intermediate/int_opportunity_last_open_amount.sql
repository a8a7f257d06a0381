-- The amount while the deal was last worked on: lost deals are often set to 0 on closing, which would flatter rates by amount.
with opportunities as (

    select
        opportunities.opportunity_id,
        opportunities.source,
        opportunities.pipeline_id,
        opportunities.amount as amount_original,
        staged.is_closed
    from {{ ref('int_opportunity_unioned') }} as opportunities
    inner join {{ ref('int_opportunity_staged') }} as staged on opportunities.opportunity_id = staged.opportunity_id

),

states as (

    select
        opportunities.opportunity_id,
        history.amount,
        history.created_at,
        history.source_opportunity_history_id,
        coalesce(stages.stage_type in ('won', 'lost'), false) as is_closed_stage
    from {{ ref('int_opportunity_history_unioned') }} as history
    inner join opportunities on history.opportunity_id = opportunities.opportunity_id
    left join {{ ref('dim_stage') }} as stages
        on
            opportunities.source = stages.source
            and opportunities.pipeline_id = stages.pipeline_id
            and history.stage_name = stages.stage_name

),

numbered as (

    select
        *,
        sum(case when is_closed_stage then 1 else 0 end) over (
            partition by opportunity_id
            order by created_at asc nulls first, source_opportunity_history_id asc
            rows between unbounded preceding and current row
        ) as closings_so_far
    from states

),

before_closing as (

    select
        *,
        row_number() over (
            partition by opportunity_id
            order by created_at desc nulls last, source_opportunity_history_id desc
        ) as recency
    from numbered
    where closings_so_far = 0

),

final as (

    select
        opportunities.opportunity_id,
        case
            when not opportunities.is_closed then opportunities.amount_original
            when before_closing.opportunity_id is not null then before_closing.amount
            else nullif(opportunities.amount_original, 0)
        end as last_open_amount_original
    from opportunities
    left join before_closing
        on
            opportunities.opportunity_id = before_closing.opportunity_id
            and before_closing.recency = 1

)

select * from final
