-- The states that open deals went through, each with the days at whose end it held. Deals without any history have none.
with opportunities as (

    select
        opportunity_id,
        source,
        pipeline_id,
        segment_id,
        currency,
        is_won,
        closed_date
    from {{ ref('fct_opportunity') }}
    where is_counted

),

states as (

    select
        history.opportunity_id,
        history.stage_name,
        history.amount,
        history.close_date,
        {{ business_date('history.created_at', 'run_context.company_timezone') }} as valid_from,
        history.created_at,
        history.source_opportunity_history_id
    from {{ ref('int_opportunity_history_unioned') }} as history
    cross join {{ source('config', 'run_context') }} as run_context
    where history.created_at is not null

),

-- The last state of a day is the day's.
ranked as (

    select
        *,
        row_number() over (
            partition by opportunity_id, valid_from
            order by created_at desc, source_opportunity_history_id desc
        ) as recency
    from states

),

spans as (

    select
        *,
        lead(valid_from) over (partition by opportunity_id order by valid_from) as valid_to
    from ranked
    where recency = 1

),

final as (

    select
        {{ surrogate_key(['spans.opportunity_id', 'spans.valid_from']) }} as opportunity_span_id,
        spans.opportunity_id,
        opportunities.segment_id,
        stages.stage_id,
        stages.stage_type,
        opportunities.currency,
        spans.amount,
        spans.close_date,
        spans.valid_from,
        -- A closed deal is not open, whatever its history lacks.
        case
            when opportunities.closed_date < coalesce(spans.valid_to, cast('9999-12-31' as date)) then opportunities.closed_date
            else coalesce(spans.valid_to, cast('9999-12-31' as date))
        end as valid_to
    from spans
    inner join opportunities on spans.opportunity_id = opportunities.opportunity_id
    inner join {{ ref('dim_stage') }} as stages
        on
            opportunities.source = stages.source
            and opportunities.pipeline_id = stages.pipeline_id
            and spans.stage_name = stages.stage_name
    where stages.stage_type = 'open'

)

select * from final
where valid_to > valid_from
