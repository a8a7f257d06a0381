with versions as (

    {{ record_versions(
        'salesforce__lead',
        key='Id',
        columns=['OwnerId', 'Status', 'LeadSource', 'IsConverted'],
        cursor='LastModifiedDate',
        deleted='IsDeleted'
    ) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id', 'valid_from']) }} as lead_version_id,
        {{ surrogate_key(['_source', 'Id']) }} as lead_id,
        _source as source,
        {{ entity_id('_source', 'OwnerId') }} as owner_id,

        Status as status,
        LeadSource as lead_source,

        coalesce(IsConverted, false) as is_converted,

        valid_to is null as is_current,

        valid_from,
        valid_to
    from versions
    where not is_deleted

)

select * from renamed
