-- Joins neither drop nor double a deal or its money. A deal that was merged into another is none.
with exported as (

    select amount
    from {{ ref('stg_salesforce__opportunity') }}
    where not is_deleted

    union all

    select deals.amount
    from {{ ref('stg_hubspot__deals') }} as deals
    left join {{ ref('int_record_merged') }} as merged
        on
            merged.object_type = 'opportunity'
            and deals.source = merged.source
            and deals.source_deal_id = merged.source_record_id
    where
        not deals.is_deleted
        and merged.merged_record_id is null

),

expected as (

    select
        count(*) as deals,
        coalesce(sum(amount), 0) as amount
    from exported

),

mart as (

    select
        count(*) as deals,
        coalesce(sum(amount_original), 0) as amount
    from {{ ref('fct_opportunity') }}

)

select
    expected.deals,
    mart.deals as mart_deals,
    expected.amount,
    mart.amount as mart_amount
from expected
cross join mart
where
    expected.deals <> mart.deals
    or expected.amount <> mart.amount
