with source as (

    {{ latest_version('hubspot__owner_teams', key='owner_id, team_id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'owner_id', 'team_id']) }} as owner_team_key,
        _source as source,
        owner_id as source_owner_id,
        team_id as source_team_id,

        coalesce(is_primary, false) as is_primary
    from source

)

select * from renamed
