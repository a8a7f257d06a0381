with source as (

    {{ latest_version('salesforce__case', key='Id', cursor='LastModifiedDate') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as case_id,
        {{ entity_id('_source', 'AccountId') }} as account_id,
        {{ entity_id('_source', 'OwnerId') }} as owner_id,
        _source as source,
        Id as source_case_id,

        Origin as origin,
        Priority as priority,
        Status as status,

        CreatedDate as created_at,
        ClosedDate as closed_at,
        LastModifiedDate as modified_at
    from source

)

select * from renamed
