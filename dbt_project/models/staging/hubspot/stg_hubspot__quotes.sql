with source as (

    {{ latest_version('hubspot__quotes', key='hs_object_id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'hs_object_id']) }} as quote_key,
        _source as source,
        hs_object_id as source_quote_id,
        deal_id as source_deal_id,

        hs_title as title,
        hs_status as status,
        hs_currency as currency,

        {{ money('hs_quote_amount') }} as amount,

        hs_expiration_date as expiration_date,
        hs_createdate as created_at
    from source

)

select * from renamed
