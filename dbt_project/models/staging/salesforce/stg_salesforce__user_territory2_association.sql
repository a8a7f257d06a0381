with source as (

    {{ latest_version('salesforce__user_territory2_association', key='Id', cursor='LastModifiedDate') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as user_territory_id,
        {{ entity_id('_source', 'UserId') }} as user_id,
        {{ entity_id('_source', 'Territory2Id') }} as territory_id,
        _source as source,
        Id as source_user_territory_id,

        RoleInTerritory2 as role_in_territory,

        coalesce(IsActive, true) as is_active,

        LastModifiedDate as modified_at
    from source

)

select * from renamed
