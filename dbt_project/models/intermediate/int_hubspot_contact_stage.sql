-- When each contact first entered each lifecycle stage, by its own dates and by the history of the property. What is known of a
-- merged contact is known of the one that stays.
with entries as (

    select
        source,
        source_contact_id,
        'subscriber' as lifecycle_stage,
        subscriber_at as entered_at
    from {{ ref('stg_hubspot__contacts') }}
    where subscriber_at is not null

    union all

    select
        source,
        source_contact_id,
        'lead' as lifecycle_stage,
        lead_at as entered_at
    from {{ ref('stg_hubspot__contacts') }}
    where lead_at is not null

    union all

    select
        source,
        source_contact_id,
        'marketingqualifiedlead' as lifecycle_stage,
        marketingqualifiedlead_at as entered_at
    from {{ ref('stg_hubspot__contacts') }}
    where marketingqualifiedlead_at is not null

    union all

    select
        source,
        source_contact_id,
        'salesqualifiedlead' as lifecycle_stage,
        salesqualifiedlead_at as entered_at
    from {{ ref('stg_hubspot__contacts') }}
    where salesqualifiedlead_at is not null

    union all

    select
        source,
        source_contact_id,
        'opportunity' as lifecycle_stage,
        opportunity_at as entered_at
    from {{ ref('stg_hubspot__contacts') }}
    where opportunity_at is not null

    union all

    select
        source,
        source_contact_id,
        'customer' as lifecycle_stage,
        customer_at as entered_at
    from {{ ref('stg_hubspot__contacts') }}
    where customer_at is not null

    union all

    select
        source,
        source_object_id as source_contact_id,
        lower(new_value) as lifecycle_stage,
        changed_at as entered_at
    from {{ ref('stg_hubspot__property_history') }}
    where
        lower(object_type) = 'contact'
        and lower(property) = 'lifecyclestage'
        and new_value is not null

),

kept as (

    select
        entries.source,
        {{ survivor('merged', 'entries.source_contact_id') }} as source_contact_id,
        entries.lifecycle_stage,
        entries.entered_at
    from entries
    {{ join_merged('merged', 'contact', 'entries.source', 'entries.source_contact_id') }}

),

final as (

    select
        {{ surrogate_key(['source', 'source_contact_id', 'lifecycle_stage']) }} as contact_stage_id,
        source,
        source_contact_id,
        lifecycle_stage,
        min(entered_at) as entered_at
    from kept
    group by source, source_contact_id, lifecycle_stage

)

select * from final
