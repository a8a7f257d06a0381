with source as (

    {{ latest_version('salesforce__lead_history', key='Id', cursor='CreatedDate') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as lead_history_id,
        {{ entity_id('_source', 'LeadId') }} as lead_id,
        _source as source,
        Id as source_history_id,
        LeadId as source_lead_id,

        Field as field,
        OldValue as old_value,
        NewValue as new_value,

        CreatedDate as changed_at,

        _partition_day,
        _day_fingerprint
    from source

)

select * from renamed
