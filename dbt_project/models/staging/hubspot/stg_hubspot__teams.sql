with source as (

    {{ latest_version('hubspot__teams', key='id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'id']) }} as team_key,
        _source as source,
        id as source_team_id,

        name as team_name
    from source

)

select * from renamed
