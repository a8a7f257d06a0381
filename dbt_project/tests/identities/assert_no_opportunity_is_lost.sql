-- Joins neither drop nor double a deal or its money.
with exported as (

    select
        count(*) as deals,
        coalesce(sum(amount), 0) as amount
    from {{ ref('stg_salesforce__opportunity') }}
    where not is_deleted

),

mart as (

    select
        count(*) as deals,
        coalesce(sum(amount_original), 0) as amount
    from {{ ref('fct_opportunity') }}

)

select
    exported.deals,
    mart.deals as mart_deals,
    exported.amount,
    mart.amount as mart_amount
from exported
cross join mart
where
    exported.deals <> mart.deals
    or exported.amount <> mart.amount
