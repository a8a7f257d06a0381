with final as (

    select
        product_id,
        source,
        source_product_id,
        product_name,
        product_code,
        product_family,
        unit_of_measure,
        list_price,
        is_active
    from {{ ref('int_product_unioned') }}

)

select * from final
