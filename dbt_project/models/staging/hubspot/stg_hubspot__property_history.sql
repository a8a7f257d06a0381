with source as (

    {{ latest_version('hubspot__property_history', key='object_type, object_id, property, timestamp') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'object_type', 'object_id', 'property', 'timestamp']) }} as property_change_key,
        _source as source,
        object_type,
        object_id as source_object_id,

        property,
        value as new_value,

        timestamp as changed_at,

        _partition_day,
        _day_fingerprint
    from source

)

select * from renamed
