with source as (

    {{ latest_version('hubspot__deal_stage_history', key='deal_id, dealstage, timestamp') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'deal_id', 'dealstage', 'timestamp']) }} as deal_stage_key,
        _source as source,
        deal_id as source_deal_id,
        dealstage as source_stage_id,

        timestamp as entered_at
    from source

)

select * from renamed
