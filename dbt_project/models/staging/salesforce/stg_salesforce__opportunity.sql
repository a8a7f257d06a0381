with source as (

    {{ latest_version('salesforce__opportunity', key='Id', cursor='LastModifiedDate', keep_absent=true) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as opportunity_id,
        _source as source,
        Id as source_opportunity_id,
        AccountId as source_account_id,
        OwnerId as source_owner_id,
        CampaignId as source_campaign_id,
        coalesce(RecordTypeId, 'default') as pipeline_id,

        Name as opportunity_name,
        StageName as stage_name,
        Type as opportunity_type,
        LeadSource as lead_source,
        NextStep as next_step,
        ForecastCategoryName as forecast_category,
        LossReason as loss_reason,
        CurrencyIsoCode as currency,

        {{ money('Amount') }} as amount,
        {{ money('ExpectedRevenue') }} as expected_revenue,
        Probability as probability_pct,

        IsClosed as is_closed,
        IsWon as is_won,
        coalesce(HasOpportunityLineItem, false) as has_lines,
        coalesce(IsDeleted, false) or is_absent as is_deleted,

        CloseDate as close_date,
        LastActivityDate as last_activity_date,
        CreatedDate as created_at,
        LastModifiedDate as modified_at
    from source

)

select * from renamed
