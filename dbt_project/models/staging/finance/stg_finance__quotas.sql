with source as (

    {{ latest_version('finance__quotas', key='employee_id, period, measure') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'employee_id', 'period', 'measure']) }} as quota_key,
        _source as source,
        employee_id as source_employee_id,

        period,
        measure,
        currency,

        {{ money('amount') }} as quota_amount
    from source

)

select * from renamed
