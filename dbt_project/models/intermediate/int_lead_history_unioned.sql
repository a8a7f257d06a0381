-- What changed in the status of leads, of every CRM in one vocabulary. In HubSpot that is the lifecycle stage and the lead
-- status.
with salesforce as (

    select
        history.lead_history_id,
        {{ entity_id('history.source', survivor('merged', 'history.source_lead_id')) }} as lead_id,
        history.source,
        history.field,
        history.new_value,
        history.changed_at
    from {{ ref('stg_salesforce__lead_history') }} as history
    {{ join_merged('merged', 'lead', 'history.source', 'history.source_lead_id') }}

),

hubspot as (

    select
        contact_stage_id as lead_history_id,
        {{ surrogate_key(['source', 'source_contact_id']) }} as lead_id,
        source,
        'Status' as field,
        lifecycle_stage as new_value,
        entered_at as changed_at
    from {{ ref('int_hubspot_contact_stage') }}

    union all

    select
        history.property_change_key as lead_history_id,
        {{ surrogate_key(['history.source', survivor('merged', 'history.source_object_id')]) }} as lead_id,
        history.source,
        'Status' as field,
        history.new_value,
        history.changed_at
    from {{ ref('stg_hubspot__property_history') }} as history
    {{ join_merged('merged', 'contact', 'history.source', 'history.source_object_id') }}
    where
        lower(history.object_type) = 'contact'
        and lower(history.property) = 'hs_lead_status'

)

select * from salesforce

union all

select * from hubspot
