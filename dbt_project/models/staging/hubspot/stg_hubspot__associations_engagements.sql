with source as (

    {{ latest_version(
        'hubspot__associations_engagements', key='engagement_type, engagement_id, object_type, object_id'
    ) }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'engagement_type', 'engagement_id', 'object_type', 'object_id']) }}
            as engagement_object_key,
        _source as source,
        engagement_type,
        engagement_id as source_engagement_id,
        object_type,
        object_id as source_object_id
    from source

)

select * from renamed
