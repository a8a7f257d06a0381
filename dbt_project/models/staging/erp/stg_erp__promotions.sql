with source as (

    {{ latest_version('erp__promotions', key='id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'id']) }} as promotion_id,
        _source as source,
        id as source_promotion_id,

        items as source_items,
        segment,
        currency,

        discount as discount_pct,
        {{ money('cost') }} as cost,

        {{ adapter.quote('from') }} as from_date,
        {{ adapter.quote('to') }} as to_date
    from source

)

select * from renamed
