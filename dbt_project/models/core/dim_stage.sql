-- Every stage that deals are or were in, every stage that a CRM defines, and every configured stage of the pipelines in use. A
-- line of the configuration that names the source or the pipeline wins over what the CRM says of its stage; a line for any
-- source only says what the CRM does not.
with deals as (

    select
        opportunity_id,
        source,
        pipeline_id,
        stage_name,
        is_closed,
        is_won
    from {{ ref('int_opportunity_unioned') }}
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
    from {{ ref('int_opportunity_history_unioned') }} as history
    inner join deals on history.opportunity_id = deals.opportunity_id

),

defined as (

    select
        source,
        pipeline_id,
        stage_name,
        stage_type,
        stage_order,
        default_probability,
        row_number() over (
            partition by source, pipeline_id, lower(stage_name)
            order by stage_order asc, source_stage_id asc
        ) as label_rank
    from {{ ref('int_stage_defined') }}

),

pipelines as (

    select
        source,
        pipeline_id
    from deals

    union distinct

    select
        source,
        pipeline_id
    from defined

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
        stages.source <> '*' or stages.pipeline_id <> '*' as is_named,
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

seen as (

    select
        source,
        pipeline_id,
        stage_name
    from observed
    where stage_name is not null

    union distinct

    select
        defined.source,
        defined.pipeline_id,
        defined.stage_name
    from defined
    left join observed
        on
            defined.source = observed.source
            and defined.pipeline_id = observed.pipeline_id
            and lower(defined.stage_name) = lower(observed.stage_name)
    where
        observed.stage_name is null
        and defined.label_rank = 1

),

-- Stages that stand for any source are none of a pipeline whose CRM lists its own.
listed as (

    select distinct
        source,
        pipeline_id
    from defined

),

named as (

    select
        source,
        pipeline_id,
        stage_name
    from seen

    union distinct

    select
        chosen.source,
        chosen.pipeline_id,
        chosen.stage_name
    from chosen
    left join seen
        on
            chosen.source = seen.source
            and chosen.pipeline_id = seen.pipeline_id
            and lower(chosen.stage_name) = lower(seen.stage_name)
    left join listed
        on
            chosen.source = listed.source
            and chosen.pipeline_id = listed.pipeline_id
    where
        seen.stage_name is null
        and (chosen.is_named or listed.source is null)

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
            case when chosen.is_named then chosen.stage_type end,
            defined.stage_type,
            chosen.stage_type,
            case when flagged.any_won = 1 then 'won' when flagged.any_closed = 1 then 'lost' else 'open' end
        ) as stage_type,
        chosen.forecast_category,
        coalesce(case when chosen.is_named then chosen.stage_order end, defined.stage_order, chosen.stage_order) as stage_order,
        coalesce(
            case when chosen.is_named then chosen.default_probability end,
            defined.default_probability,
            chosen.default_probability
        ) as default_probability,
        chosen.stage_name is not null or defined.stage_name is not null as is_configured
    from named
    left join chosen
        on
            named.source = chosen.source
            and named.pipeline_id = chosen.pipeline_id
            and lower(named.stage_name) = lower(chosen.stage_name)
    left join defined
        on
            named.source = defined.source
            and named.pipeline_id = defined.pipeline_id
            and lower(named.stage_name) = lower(defined.stage_name)
            and defined.label_rank = 1
    left join flagged
        on
            named.source = flagged.source
            and named.pipeline_id = flagged.pipeline_id
            and named.stage_name = flagged.stage_name

)

select * from final
