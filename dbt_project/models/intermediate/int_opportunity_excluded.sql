-- Deals that must not count, each with one reason: the first configured rule, or a closing that has no usable date.
with fields as (

    select
        opportunities.opportunity_id,
        staged.is_closed,
        staged.closed_date,
        run_context.as_of,
        lower(opportunities.opportunity_name) as name_text,
        lower(opportunities.stage_name) as stage_text,
        lower(opportunities.loss_reason) as loss_reason_text
    from {{ ref('int_opportunity_unioned') }} as opportunities
    inner join {{ ref('int_opportunity_staged') }} as staged on opportunities.opportunity_id = staged.opportunity_id
    cross join {{ source('config', 'run_context') }} as run_context

),

matched as (

    select
        fields.opportunity_id,
        rules.reason,
        rules.rule_order
    from fields
    inner join {{ source('config', 'exclusion_rule') }} as rules
        on
            (rules.field = 'name' and fields.name_text like rules.pattern)
            or (rules.field = 'stage_name' and fields.stage_text like rules.pattern)
            or (rules.field = 'loss_reason' and fields.loss_reason_text like rules.pattern)

    union all

    -- After every configured rule, so that a test deal without a date is still called a test deal.
    select
        opportunity_id,
        'undated' as reason,
        2147483647 as rule_order
    from fields
    where
        is_closed
        and not coalesce({{ is_plausible_date('closed_date', 'as_of') }}, false)

),

ranked as (

    select
        opportunity_id,
        reason,
        row_number() over (partition by opportunity_id order by rule_order, reason) as rule_rank
    from matched

),

final as (

    select
        opportunity_id,
        reason as exclusion_reason
    from ranked
    where rule_rank = 1

)

select * from final
