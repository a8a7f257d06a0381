with source as (

    {{ latest_version('salesforce__forecasting_adjustment', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as forecasting_adjustment_id,
        {{ entity_id('_source', 'ForecastingItemId') }} as forecasting_item_id,
        {{ entity_id('_source', 'ForecastOwnerId') }} as forecast_owner_id,
        {{ entity_id('_source', 'OwnerId') }} as user_id,
        _source as source,
        Id as source_forecasting_adjustment_id,

        ForecastCategoryName as forecast_category,
        AdjustmentNote as adjustment_note,

        {{ money('ForecastAmount') }} as forecast_amount,
        {{ money('AdjustedAmount') }} as adjusted_amount,

        StartDate as start_date,
        CreatedDate as created_at
    from source

)

select * from renamed
