with source as (

    {{ latest_version('enablement__assets', key='asset') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'asset']) }} as asset_key,
        _source as source,
        asset as asset_name,

        topic,
        stage as stage_name,

        uses
    from source

)

select * from renamed
