with versions as (

    {{ record_versions(
        'salesforce__user',
        key='Id',
        columns=['ManagerId', 'UserRoleId', 'Title', 'Department', 'IsActive']
    ) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id', 'valid_from']) }} as user_version_id,
        {{ surrogate_key(['_source', 'Id']) }} as user_id,
        _source as source,
        {{ entity_id('_source', 'ManagerId') }} as manager_id,
        UserRoleId as source_user_role_id,

        Title as title,
        Department as department,

        IsActive as is_active,

        valid_to is null as is_current,

        valid_from,
        valid_to
    from versions
    where not is_deleted

)

select * from renamed
