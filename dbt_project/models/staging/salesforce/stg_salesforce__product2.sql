with source as (

    {{ latest_version('salesforce__product2', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as product_id,
        _source as source,
        Id as source_product_id,

        Name as product_name,
        ProductCode as product_code,
        Family as product_family,
        QuantityUnitOfMeasure as unit_of_measure,

        {{ money('ListPrice') }} as list_price,

        coalesce(IsActive, true) as is_active
    from source

)

select * from renamed
