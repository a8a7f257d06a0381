with source as (

    {{ latest_version('salesforce__record_type', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as record_type_id,
        _source as source,
        Id as source_record_type_id,

        Name as record_type_name,
        SobjectType as object_name
    from source

)

select * from renamed
