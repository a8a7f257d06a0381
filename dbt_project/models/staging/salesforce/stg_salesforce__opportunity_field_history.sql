with source as (

    {{ latest_version('salesforce__opportunity_field_history', key='Id', cursor='CreatedDate') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as opportunity_field_history_id,
        {{ entity_id('_source', 'OpportunityId') }} as opportunity_id,
        _source as source,
        Id as source_opportunity_field_history_id,
        CreatedById as source_created_by_id,

        Field as field,
        OldValue as old_value,
        NewValue as new_value,

        CreatedDate as changed_at,

        _partition_day,
        _day_fingerprint
    from source

)

select * from renamed
