with source as (

    {{ latest_version('support__tickets', key='id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'id']) }} as ticket_id,
        _source as source,
        id as source_ticket_id,
        account as source_account,

        queue,
        priority,

        handle_minutes,
        csat,

        created as created_at,
        first_response as first_response_at,
        closed as closed_at
    from source

)

select * from renamed
