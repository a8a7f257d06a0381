-- A lead has no account yet, so rules about accounts read what the lead says about its company.
with facts as (

    select
        lead_id,
        employees as account_employees,
        trim(industry) as account_industry,
        trim(country) as account_country
    from {{ ref('int_lead_unioned') }}
    where not is_deleted

),

{{ segment_ctes(key='lead_id', fields=['account_employees', 'account_industry', 'account_country']) }}

select * from segmented
