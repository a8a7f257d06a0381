with source as (

    {{ latest_version('hr__training', key='employee_id, course, assigned') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'employee_id', 'course', 'assigned']) }} as training_key,
        _source as source,
        employee_id as source_employee_id,

        course,
        topic,
        department,

        hours as training_hours,
        score,

        assigned as assigned_date,
        completed as completed_date
    from source

)

select * from renamed
