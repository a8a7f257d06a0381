with source as (

    {{ latest_version('salesforce__forecasting_item', key='Id', cursor='CreatedDate') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as forecasting_item_id,
        {{ entity_id('_source', 'OwnerId') }} as user_id,
        _source as source,
        Id as source_forecasting_item_id,

        ForecastCategoryName as forecast_category,
        CurrencyIsoCode as currency,

        {{ money('AmountWithoutAdjustments') }} as amount_without_adjustments,
        {{ money('ForecastAmount') }} as forecast_amount,

        coalesce(HasAdjustment, false) as has_adjustment,

        StartDate as start_date,
        CreatedDate as created_at
    from source

)

select * from renamed
