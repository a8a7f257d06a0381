with source as (

    {{ latest_version('hubspot__deal_splits', key='deal_id, hubspot_owner_id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'deal_id', 'hubspot_owner_id']) }} as deal_split_key,
        _source as source,
        deal_id as source_deal_id,
        hubspot_owner_id as source_owner_id,

        hs_deal_split_percentage as split_pct,
        {{ money('hs_deal_split_amount') }} as split_amount,

        hs_createdate as created_at
    from source

)

select * from renamed
