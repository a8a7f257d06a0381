-- The first rule that matches decides; a rule without a segment takes the field's own value as the segment.
with facts as (

    select
        opportunities.opportunity_id,
        accounts.employees as account_employees,
        trim(accounts.industry) as account_industry,
        trim(accounts.billing_country) as account_country,
        trim(accounts.account_type) as account_type,
        trim(owners.segment) as owner_segment,
        trim(owners.department) as owner_department
    from {{ ref('int_opportunity_unioned') }} as opportunities
    left join {{ ref('int_account_unioned') }} as accounts
        on
            opportunities.source = accounts.source
            and opportunities.source_account_id = accounts.source_account_id
    left join {{ ref('dim_user') }} as owners
        on
            opportunities.source = owners.source
            and opportunities.source_owner_id = owners.source_user_id
            and owners.is_current
    where not opportunities.is_deleted

),

{{ segment_ctes(
    key='opportunity_id',
    fields=[
        'account_employees', 'account_industry', 'account_country', 'account_type', 'owner_segment', 'owner_department',
    ],
) }}

select * from segmented
