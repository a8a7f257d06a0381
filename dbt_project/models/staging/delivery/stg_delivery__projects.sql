with source as (

    {{ latest_version('delivery__projects', key='account, start') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'account', 'start']) }} as project_key,
        _source as source,
        account as source_account,

        tier,
        assignee,

        planned_hours,
        actual_hours,

        coalesce(contractor, false) as is_contractor,

        start as start_date,
        {{ adapter.quote('end') }} as end_date
    from source

)

select * from renamed
