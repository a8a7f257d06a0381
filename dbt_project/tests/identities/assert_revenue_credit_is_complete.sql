-- The revenue shares of a deal add up to 100 %.
select
    opportunity_id,
    sum(credit_pct) as credit_pct
from {{ ref('fct_opportunity_credit') }}
where credit_type = 'revenue'
group by opportunity_id
having abs(sum(credit_pct) - 100) > 0.005
