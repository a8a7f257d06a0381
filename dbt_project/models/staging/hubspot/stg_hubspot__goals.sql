with source as (

    {{ latest_version('hubspot__goals', key='hs_object_id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'hs_object_id']) }} as goal_key,
        _source as source,
        hs_object_id as source_goal_id,
        hubspot_owner_id as source_owner_id,

        hs_goal_name as goal_name,
        hs_currency_code as currency,

        {{ money('hs_target_amount') }} as target_amount,

        hs_start_datetime as starts_at,
        hs_end_datetime as ends_at
    from source

)

select * from renamed
