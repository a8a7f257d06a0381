with source as (

    {{ latest_version('salesforce__campaign', key='Id', cursor='LastModifiedDate') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as campaign_id,
        _source as source,
        Id as source_campaign_id,

        Name as campaign_name,
        Type as campaign_type,
        Status as status,

        {{ money('BudgetedCost') }} as budgeted_cost,
        {{ money('ActualCost') }} as actual_cost,

        StartDate as start_date,
        EndDate as end_date,
        CreatedDate as created_at,
        LastModifiedDate as modified_at
    from source

)

select * from renamed
