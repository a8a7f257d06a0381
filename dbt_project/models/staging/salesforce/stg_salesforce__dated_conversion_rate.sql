with source as (

    {{ latest_version('salesforce__dated_conversion_rate', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as dated_conversion_rate_id,
        _source as source,
        Id as source_dated_conversion_rate_id,

        IsoCode as currency,

        ConversionRate as units_per_corporate_unit,

        StartDate as start_date,
        NextStartDate as next_start_date
    from source

)

select * from renamed
