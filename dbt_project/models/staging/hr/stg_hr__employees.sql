with source as (

    {{ latest_version('hr__employees', key='employee_id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'employee_id']) }} as employee_key,
        _source as source,
        employee_id as source_employee_id,
        crm_user_id as source_user_id,
        manager_id as source_manager_employee_id,

        email,
        role,
        segment,
        currency,

        fte,
        {{ money('cost_per_year') }} as cost_per_year,

        hire_date,
        end_date
    from source

)

select * from renamed
