-- Every stage that deals are or were in, and every configured stage of the pipelines in use.
with deals as (

    select
        opportunity_id,
        source,
        pipeline_id,
        stage_name,
        is_closed,
        is_won
    from {{ ref('stg_salesforce__opportunity') }}
    where not is_deleted

),

observed as (

    select
        source,
        pipeline_id,
        stage_name
    from deals

    union distinct

    select
        deals.source,
        deals.pipeline_id,
        history.stage_name
    from {{ ref('stg_salesforce__opportunity_history') }} as history
    inner join deals on history.opportunity_id = deals.opportunity_id

),

pipelines as (

    select distinct
        source,
        pipeline_id
    from deals

),

-- The most specific line of the configuration wins: source and pipeline named, then source, then pipeline, then neither.
configured as (

    select
        pipelines.source,
        pipelines.pipeline_id,
        stages.stage_name,
        stages.stage_order,
        stages.stage_type,
        stages.default_probability,
        stages.forecast_category,
        row_number() over (
            partition by pipelines.source, pipelines.pipeline_id, lower(stages.stage_name)
            order by
                case when stages.source = '*' then 1 else 0 end,
                case when stages.pipeline_id = '*' then 1 else 0 end,
                stages.stage_order,
                stages.stage_name
        ) as specificity
    from pipelines
    inner join {{ source('config', 'stage') }} as stages
        on
            stages.source in (pipelines.source, '*')
            and stages.pipeline_id in (pipelines.pipeline_id, '*')

),

chosen as (

    select * from configured
    where specificity = 1

),

named as (

    select
        source,
        pipeline_id,
        stage_name
    from observed
    where stage_name is not null

    union distinct

    select
        chosen.source,
        chosen.pipeline_id,
        chosen.stage_name
    from chosen
    left join observed
        on
            chosen.source = observed.source
            and chosen.pipeline_id = observed.pipeline_id
            and lower(chosen.stage_name) = lower(observed.stage_name)
    where observed.stage_name is null

),

-- A stage that nobody configured is what the CRM's flags say about the deals in it.
flagged as (

    select
        source,
        pipeline_id,
        stage_name,
        max(case when is_won then 1 else 0 end) as any_won,
        max(case when is_closed then 1 else 0 end) as any_closed
    from deals
    group by source, pipeline_id, stage_name

),

final as (

    select
        {{ surrogate_key(['named.source', 'named.pipeline_id', 'named.stage_name']) }} as stage_id,
        named.source,
        named.pipeline_id,
        named.stage_name,
        coalesce(
            chosen.stage_type,
            case when flagged.any_won = 1 then 'won' when flagged.any_closed = 1 then 'lost' else 'open' end
        ) as stage_type,
        chosen.forecast_category,
        chosen.stage_order,
        chosen.default_probability,
        chosen.stage_name is not null as is_configured
    from named
    left join chosen
        on
            named.source = chosen.source
            and named.pipeline_id = chosen.pipeline_id
            and lower(named.stage_name) = lower(chosen.stage_name)
    left join flagged
        on
            named.source = flagged.source
            and named.pipeline_id = flagged.pipeline_id
            and named.stage_name = flagged.stage_name

)

select * from final
