with source as (

    {{ latest_version('hr__absences', key='employee_id, type, ' ~ adapter.quote('from')) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'employee_id', adapter.quote('from'), 'type']) }} as absence_key,
        _source as source,
        employee_id as source_employee_id,

        type as absence_type,

        {{ adapter.quote('from') }} as from_date,
        {{ adapter.quote('to') }} as to_date
    from source

)

select * from renamed
