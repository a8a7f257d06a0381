with versions as (

    {{ record_versions(
        'salesforce__account',
        key='Id',
        columns=['ParentId', 'OwnerId', 'Name', 'Industry', 'BillingCountry', 'NumberOfEmployees'],
        cursor='LastModifiedDate',
        deleted='IsDeleted'
    ) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id', 'valid_from']) }} as account_version_id,
        {{ surrogate_key(['_source', 'Id']) }} as account_id,
        _source as source,
        {{ entity_id('_source', 'ParentId') }} as parent_account_id,
        {{ entity_id('_source', 'OwnerId') }} as owner_id,

        Name as account_name,
        Industry as industry,
        BillingCountry as country,

        NumberOfEmployees as employees,

        valid_to is null as is_current,

        valid_from,
        valid_to
    from versions
    where not is_deleted

)

select * from renamed
