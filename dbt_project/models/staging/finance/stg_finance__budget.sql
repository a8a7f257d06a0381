with source as (

    {{ latest_version('finance__budget', key='period, lever_type') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'period', 'lever_type']) }} as budget_key,
        _source as source,

        period,
        lever_type,
        currency,

        {{ money('amount') }} as amount
    from source

)

select * from renamed
