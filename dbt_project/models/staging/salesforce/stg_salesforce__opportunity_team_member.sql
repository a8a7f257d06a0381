with source as (

    {{ latest_version('salesforce__opportunity_team_member', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as opportunity_team_member_id,
        {{ entity_id('_source', 'OpportunityId') }} as opportunity_id,
        {{ entity_id('_source', 'UserId') }} as user_id,
        _source as source,
        Id as source_opportunity_team_member_id,

        TeamMemberRole as team_role,

        CreatedDate as created_at
    from source

)

select * from renamed
