-- What a CRM itself says of the stages of its pipelines. Only HubSpot exports that; the labels of a pipeline differ from each
-- other.
with final as (

    select
        {{ surrogate_key(['source', 'pipeline_id', 'source_stage_id']) }} as defined_stage_id,
        source,
        pipeline_id,
        source_stage_id,
        coalesce(stage_name, source_stage_id) as stage_name,
        case
            when coalesce(is_closed, probability in (0, 1), false) and probability = 1 then 'won'
            when coalesce(is_closed, probability in (0, 1), false) then 'lost'
            else 'open'
        end as stage_type,
        cast(display_order + 1 as integer) as stage_order,
        probability as default_probability,
        -- A deal that moved on into another pipeline has a history of stages of the first one.
        row_number() over (partition by source, source_stage_id order by pipeline_id) as pipeline_rank
    from {{ ref('stg_hubspot__pipeline_stages') }}

)

select * from final
