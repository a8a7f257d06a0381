with source as (

    {{ latest_version('hubspot__pipeline_stages', key='pipeline_id, stage_id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'pipeline_id', 'stage_id']) }} as pipeline_stage_key,
        _source as source,
        pipeline_id,
        stage_id as source_stage_id,

        label as stage_name,

        display_order,
        probability,

        is_closed
    from source

)

select * from renamed
