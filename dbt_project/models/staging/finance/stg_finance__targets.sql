with source as (

    {{ latest_version('finance__targets', key='scope, period, measure, version') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'scope', 'period', 'measure', 'version']) }} as target_key,
        _source as source,

        scope,
        period,
        measure,
        version,

        {{ money('amount') }} as amount
    from source

)

select * from renamed
