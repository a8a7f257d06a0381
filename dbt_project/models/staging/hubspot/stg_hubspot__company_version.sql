with versions as (

    {{ record_versions(
        'hubspot__companies',
        key='hs_object_id',
        columns=['name', 'industry', 'country', 'lifecyclestage', 'hubspot_owner_id', 'numberofemployees'],
        cursor='hs_lastmodifieddate',
        deleted='archived'
    ) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'hs_object_id', 'valid_from']) }} as account_version_id,
        {{ surrogate_key(['_source', 'hs_object_id']) }} as account_id,
        _source as source,
        {{ entity_id('_source', 'hubspot_owner_id') }} as owner_id,

        name as account_name,
        industry,
        country,
        lifecyclestage as lifecycle_stage,

        numberofemployees as employees,

        valid_to is null as is_current,

        valid_from,
        valid_to
    from versions
    where not is_deleted

)

select * from renamed
