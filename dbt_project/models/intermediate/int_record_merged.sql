-- Where a record went that was merged into another: Salesforce says it on the deleted one, HubSpot lists on the one that stays
-- what went into it. A chain of merges ends at its last record; records that name each other in a circle stay as they are.
{%- set doublings = 4 %}
with named as (

    select
        'account' as object_type,
        source,
        source_account_id as source_record_id,
        source_master_account_id as source_survivor_id
    from {{ ref('stg_salesforce__account') }}
    where
        is_deleted
        and source_master_account_id is not null

    union all

    select
        'lead' as object_type,
        source,
        source_lead_id as source_record_id,
        source_master_lead_id as source_survivor_id
    from {{ ref('stg_salesforce__lead') }}
    where
        is_deleted
        and source_master_lead_id is not null

    union all

    {{ hubspot_merged(ref('stg_hubspot__companies'), 'account', 'source_company_id', 'merged_company_ids') }}

    union all

    {{ hubspot_merged(ref('stg_hubspot__contacts'), 'contact', 'source_contact_id', 'merged_contact_ids') }}

    union all

    {{ hubspot_merged(ref('stg_hubspot__deals'), 'opportunity', 'source_deal_id', 'merged_deal_ids') }}

),

reach_0 as (

    select
        object_type,
        source,
        source_record_id,
        min(source_survivor_id) as source_survivor_id
    from named
    where source_record_id <> source_survivor_id
    group by object_type, source, source_record_id

),

{%- for doubling in range(1, doublings + 1) %}

reach_{{ doubling }} as (

    select
        near.object_type,
        near.source,
        near.source_record_id,
        coalesce(far.source_survivor_id, near.source_survivor_id) as source_survivor_id
    from reach_{{ doubling - 1 }} as near
    left join reach_{{ doubling - 1 }} as far
        on
            near.object_type = far.object_type
            and near.source = far.source
            and near.source_survivor_id = far.source_record_id

),
{%- endfor %}

final as (

    select
        {{ surrogate_key(['reached.object_type', 'reached.source', 'reached.source_record_id']) }} as merged_record_id,
        reached.object_type,
        reached.source,
        reached.source_record_id,
        reached.source_survivor_id
    from reach_{{ doublings }} as reached
    left join reach_0 as merged_too
        on
            reached.object_type = merged_too.object_type
            and reached.source = merged_too.source
            and reached.source_survivor_id = merged_too.source_record_id
    where merged_too.source_record_id is null

)

select * from final
