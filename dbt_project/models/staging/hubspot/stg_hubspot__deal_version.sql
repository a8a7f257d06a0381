with versions as (

    {{ record_versions(
        'hubspot__deals',
        key='hs_object_id',
        columns=['dealstage', 'pipeline', 'hubspot_owner_id', 'hs_manual_forecast_category', 'amount', 'closedate'],
        cursor='hs_lastmodifieddate',
        deleted='archived'
    ) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'hs_object_id', 'valid_from']) }} as opportunity_version_id,
        {{ surrogate_key(['_source', 'hs_object_id']) }} as opportunity_id,
        _source as source,
        {{ entity_id('_source', 'hubspot_owner_id') }} as owner_id,
        pipeline as pipeline_id,

        dealstage as stage_name,
        hs_manual_forecast_category as forecast_category,

        {{ money('amount') }} as amount,

        closedate as close_at,

        valid_to is null as is_current,

        valid_from,
        valid_to
    from versions
    where not is_deleted

)

select * from renamed
