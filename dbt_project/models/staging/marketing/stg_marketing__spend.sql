with source as (

    {{ latest_version('marketing__spend', key='campaign, channel, date') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'campaign', 'channel', 'date']) }} as spend_key,
        _source as source,

        campaign as campaign_name,
        channel,
        currency,

        {{ money('cost') }} as cost,

        date as spend_date
    from source

)

select * from renamed
