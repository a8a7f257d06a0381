with source as (

    {{ latest_version('hr__open_requisitions', key='requisition_id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'requisition_id']) }} as open_requisition_key,
        _source as source,
        requisition_id as source_requisition_id,

        role,
        status,

        opened as opened_date,
        target_start as target_start_date
    from source

)

select * from renamed
