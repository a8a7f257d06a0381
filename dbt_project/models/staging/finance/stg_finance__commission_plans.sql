with source as (

    {{ latest_version('finance__commission_plans', key='plan, role, valid_from, attainment_from_pct') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'plan', 'role', 'valid_from', 'attainment_from_pct']) }} as commission_tier_key,
        _source as source,

        plan as plan_name,
        role,
        currency,

        attainment_from_pct,
        attainment_below_pct,
        commission_pct,

        valid_from as valid_from_date
    from source

)

select * from renamed
