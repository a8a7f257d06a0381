with source as (

    {{ latest_version('erp__resources', key='resource') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'resource']) }} as resource_id,
        _source as source,
        resource as resource_name,

        kind as resource_kind,

        hours_per_week,
        units_per_week,
        efficiency as efficiency_pct
    from source

)

select * from renamed
