with source as (

    {{ latest_version('salesforce__email_message', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as email_message_id,
        {{ entity_id('_source', 'ActivityId') }} as task_id,
        {{ entity_id('_source', 'RelatedToId') }} as related_to_id,
        _source as source,
        Id as source_email_message_id,

        Subject as subject,
        FromAddress as from_address,

        Incoming as is_incoming,

        MessageDate as sent_at
    from source

)

select * from renamed
