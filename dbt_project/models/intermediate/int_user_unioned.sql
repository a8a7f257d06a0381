-- The people who own records, of every CRM in one vocabulary. The same person in two CRMs is two users, told apart by source.
with salesforce as (

    select
        user_id,
        manager_id,
        source,
        source_user_id,
        source_manager_id,

        user_name,
        login_name,
        email,
        title,
        department,
        time_zone,

        is_active,

        created_at
    from {{ ref('stg_salesforce__user') }}

),

-- Everybody's main team.
memberships as (

    select
        members.source,
        members.source_owner_id,
        teams.team_name,
        row_number() over (
            partition by members.source, members.source_owner_id
            order by case when members.is_primary then 0 else 1 end, members.source_team_id
        ) as team_rank
    from {{ ref('stg_hubspot__owner_teams') }} as members
    inner join {{ ref('stg_hubspot__teams') }} as teams
        on
            members.source = teams.source
            and members.source_team_id = teams.source_team_id

),

hubspot as (

    select
        owners.owner_key as user_id,
        cast(null as string) as manager_id,
        owners.source,
        owners.source_owner_id as source_user_id,
        cast(null as string) as source_manager_id,

        nullif(trim(coalesce(owners.first_name, '') || ' ' || coalesce(owners.last_name, '')), '') as user_name,
        owners.email as login_name,
        owners.email,
        cast(null as string) as title,
        memberships.team_name as department,
        cast(null as string) as time_zone,

        not owners.is_archived as is_active,

        owners.created_at
    from {{ ref('stg_hubspot__owners') }} as owners
    left join memberships
        on
            owners.source = memberships.source
            and owners.source_owner_id = memberships.source_owner_id
            and memberships.team_rank = 1

)

select * from salesforce

union all

select * from hubspot
