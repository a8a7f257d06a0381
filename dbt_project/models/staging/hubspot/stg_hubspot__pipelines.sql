with source as (

    {{ latest_version('hubspot__pipelines', key='pipeline_id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'pipeline_id']) }} as pipeline_key,
        _source as source,
        pipeline_id,

        label as pipeline_name,

        display_order as pipeline_order
    from source

)

select * from renamed
