with source as (

    {{ latest_version('encharge__people', key='id', cursor='lastActivity') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'id']) }} as person_id,
        _source as source,
        id as source_person_id,
        userId as source_user_id,

        email,
        name as person_name,
        firstName as first_name,
        lastName as last_name,
        title,
        company,
        website,
        country,
        tags,
        segments,

        leadScore as lead_score,

        coalesce(unsubscribed, false) as is_unsubscribed,

        lastActivity as last_activity_at,
        createdAt as created_at
    from source

)

select * from renamed
