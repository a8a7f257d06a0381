with versions as (

    {{ record_versions(
        'salesforce__opportunity',
        key='Id',
        columns=['AccountId', 'OwnerId', 'StageName', 'ForecastCategoryName', 'NextStep', 'Amount', 'Probability', 'CloseDate'],
        cursor='LastModifiedDate',
        deleted='IsDeleted'
    ) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id', 'valid_from']) }} as opportunity_version_id,
        {{ surrogate_key(['_source', 'Id']) }} as opportunity_id,
        _source as source,
        {{ entity_id('_source', 'AccountId') }} as account_id,
        {{ entity_id('_source', 'OwnerId') }} as owner_id,

        StageName as stage_name,
        ForecastCategoryName as forecast_category,
        NextStep as next_step,

        {{ money('Amount') }} as amount,
        Probability as probability_pct,

        CloseDate as close_date,

        valid_to is null as is_current,

        valid_from,
        valid_to
    from versions
    where not is_deleted

)

select * from renamed
