-- The states that deals went through, of every CRM in one vocabulary. Salesforce exports states; HubSpot exports the changes
-- of each property, so a state is what each property was last set to, at every moment at which one of them changed.
with salesforce as (

    select
        opportunity_history_id,
        opportunity_id,
        source,
        source_opportunity_history_id,
        stage_name,
        amount,
        close_date,
        created_at
    from {{ ref('stg_salesforce__opportunity_history') }}

),

changes as (

    select
        source,
        source_deal_id,
        entered_at as changed_at,
        'dealstage' as property,
        source_stage_id as new_value
    from {{ ref('stg_hubspot__deal_stage_history') }}

    union all

    select
        source,
        source_object_id as source_deal_id,
        changed_at,
        lower(property) as property,
        new_value
    from {{ ref('stg_hubspot__property_history') }}
    where
        lower(object_type) = 'deal'
        and lower(property) in ('dealstage', 'amount', 'closedate')

),

moments as (

    select
        source,
        source_deal_id,
        changed_at,
        max(case when property = 'dealstage' then new_value end) as dealstage,
        max(case when property = 'dealstage' then 1 else 0 end) as dealstage_changed,
        max(case when property = 'amount' then new_value end) as amount,
        max(case when property = 'amount' then 1 else 0 end) as amount_changed,
        max(case when property = 'closedate' then new_value end) as closedate,
        max(case when property = 'closedate' then 1 else 0 end) as closedate_changed
    from changes
    group by source, source_deal_id, changed_at

),

-- Numbering the changes of a property tells which of them holds at a moment; a value that was cleared holds as well.
numbered as (

    select
        *,
        sum(dealstage_changed) over (
            partition by source, source_deal_id
            order by changed_at
            rows between unbounded preceding and current row
        ) as dealstage_number,
        sum(amount_changed) over (
            partition by source, source_deal_id
            order by changed_at
            rows between unbounded preceding and current row
        ) as amount_number,
        sum(closedate_changed) over (
            partition by source, source_deal_id
            order by changed_at
            rows between unbounded preceding and current row
        ) as closedate_number
    from moments

),

held as (

    select
        source,
        source_deal_id,
        changed_at,
        max(dealstage) over (partition by source, source_deal_id, dealstage_number) as dealstage,
        max(amount) over (partition by source, source_deal_id, amount_number) as amount,
        max(closedate) over (partition by source, source_deal_id, closedate_number) as closedate
    from numbered

),

hubspot as (

    select
        {{ surrogate_key(['held.source', 'held.source_deal_id', 'held.changed_at']) }} as opportunity_history_id,
        deals.deal_key as opportunity_id,
        held.source,
        cast(held.changed_at as string) as source_opportunity_history_id,
        coalesce(own_stages.stage_name, other_stages.stage_name, held.dealstage) as stage_name,
        {{ dbt.safe_cast('held.amount', 'decimal(18, 2)') }} as amount,
        {{ business_date(dbt.safe_cast('held.closedate', 'timestamp'), 'run_context.company_timezone') }} as close_date,
        held.changed_at as created_at
    from held
    cross join {{ source('config', 'run_context') }} as run_context
    inner join {{ ref('stg_hubspot__deals') }} as deals
        on
            held.source = deals.source
            and held.source_deal_id = deals.source_deal_id
    left join {{ ref('int_stage_defined') }} as own_stages
        on
            deals.source = own_stages.source
            and deals.pipeline_id = own_stages.pipeline_id
            and held.dealstage = own_stages.source_stage_id
    left join {{ ref('int_stage_defined') }} as other_stages
        on
            deals.source = other_stages.source
            and held.dealstage = other_stages.source_stage_id
            and other_stages.pipeline_rank = 1

)

select * from salesforce

union all

select * from hubspot
