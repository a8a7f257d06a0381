with source as (

    {{ latest_version('salesforce__user', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as user_id,
        {{ entity_id('_source', 'ManagerId') }} as manager_id,
        _source as source,
        Id as source_user_id,
        ManagerId as source_manager_id,
        UserRoleId as source_user_role_id,

        Name as user_name,
        Username as login_name,
        Email as email,
        Title as title,
        Department as department,
        TimeZoneSidKey as time_zone,

        coalesce(IsActive, true) as is_active,

        CreatedDate as created_at
    from source

)

select * from renamed
