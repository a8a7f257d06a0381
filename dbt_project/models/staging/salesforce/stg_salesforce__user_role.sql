with source as (

    {{ latest_version('salesforce__user_role', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as user_role_id,
        {{ entity_id('_source', 'ParentRoleId') }} as parent_role_id,
        _source as source,
        Id as source_user_role_id,

        Name as role_name
    from source

)

select * from renamed
