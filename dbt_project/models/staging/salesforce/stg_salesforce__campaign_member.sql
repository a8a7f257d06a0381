with source as (

    {{ latest_version('salesforce__campaign_member', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as campaign_member_id,
        {{ entity_id('_source', 'CampaignId') }} as campaign_id,
        {{ entity_id('_source', 'LeadId') }} as lead_id,
        {{ entity_id('_source', 'ContactId') }} as contact_id,
        _source as source,
        Id as source_campaign_member_id,

        Status as status,

        coalesce(HasResponded, false) as has_responded,

        FirstRespondedDate as first_responded_date,
        CreatedDate as created_at
    from source

)

select * from renamed
