-- Every lead that is not deleted is in the funnel once, and nobody comes further than those who came so far.
with mart as (

    select
        coalesce(sum(leads), 0) as leads,
        sum(case when mql > leads or sql > mql or won > sql or mql_undated > mql then 1 else 0 end) as impossible_rows
    from {{ ref('lead_funnel') }}

),

expected as (

    select count(*) as leads
    from {{ ref('int_lead_unioned') }}
    where not is_deleted

)

select
    mart.leads,
    mart.impossible_rows,
    expected.leads as exported_leads
from mart
cross join expected
where
    mart.leads <> expected.leads
    or mart.impossible_rows > 0
