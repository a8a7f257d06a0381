with source as (

    {{ latest_version('salesforce__opportunity_history', key='Id', cursor='CreatedDate') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as opportunity_history_id,
        {{ entity_id('_source', 'OpportunityId') }} as opportunity_id,
        _source as source,
        Id as source_opportunity_history_id,
        CreatedById as source_created_by_id,

        StageName as stage_name,
        ForecastCategory as forecast_category,

        {{ money('Amount') }} as amount,
        {{ money('ExpectedRevenue') }} as expected_revenue,
        Probability as probability_pct,

        CloseDate as close_date,
        CreatedDate as created_at,

        _partition_day,
        _day_fingerprint
    from source

)

select * from renamed
