with source as (

    {{ latest_version('hubspot__owners', key='id', cursor='updatedAt') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'id']) }} as owner_key,
        _source as source,
        id as source_owner_id,
        userId as source_user_id,

        firstName as first_name,
        lastName as last_name,
        email,
        type as owner_type,

        coalesce(archived, false) as is_archived,

        createdAt as created_at
    from source

)

select * from renamed
