with source as (

    {{ latest_version('hubspot__deals', key='hs_object_id', cursor='hs_lastmodifieddate', keep_absent=true) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'hs_object_id']) }} as deal_key,
        _source as source,
        hs_object_id as source_deal_id,
        hubspot_owner_id as source_owner_id,
        coalesce(pipeline, 'default') as pipeline_id,
        dealstage as source_stage_id,
        hs_merged_object_ids as merged_deal_ids,

        dealname as deal_name,
        dealtype as deal_type,
        hs_manual_forecast_category as forecast_category,
        closed_lost_reason as loss_reason,
        deal_currency_code as currency,

        {{ money('amount') }} as amount,
        hs_deal_stage_probability as probability,

        hs_is_closed_won as is_won,
        coalesce(archived, false) or is_absent as is_deleted,

        closedate as closes_at,
        createdate as created_at,
        hs_lastmodifieddate as modified_at
    from source

)

select * from renamed
