-- The accounts of every CRM in one vocabulary. What was merged into another record counts as deleted, and references to it
-- mean that other one.
with salesforce as (

    select
        accounts.account_id,
        accounts.source,
        accounts.source_account_id,
        {{ survivor('merged_parent', 'accounts.source_parent_account_id') }} as source_parent_account_id,
        accounts.source_owner_id,

        accounts.account_name,
        accounts.account_type,
        accounts.industry,
        accounts.website,
        accounts.billing_city,
        accounts.billing_state,
        accounts.billing_postal_code,
        accounts.billing_country,

        accounts.employees,
        accounts.annual_revenue,

        accounts.is_deleted,

        accounts.last_activity_date,
        accounts.created_at
    from {{ ref('stg_salesforce__account') }} as accounts
    {{ join_merged('merged_parent', 'account', 'accounts.source', 'accounts.source_parent_account_id') }}

),

hubspot as (

    select
        companies.company_key as account_id,
        companies.source,
        companies.source_company_id as source_account_id,
        cast(null as string) as source_parent_account_id,
        companies.source_owner_id,

        companies.company_name as account_name,
        case
            when lower(companies.lifecycle_stage) in ('customer', 'evangelist') then 'Customer'
            when companies.lifecycle_stage is not null then 'Prospect'
        end as account_type,
        companies.industry,
        companies.domain as website,
        companies.city as billing_city,
        companies.state as billing_state,
        companies.postal_code as billing_postal_code,
        companies.country as billing_country,

        companies.employees,
        companies.annual_revenue,

        companies.is_deleted or merged.source_record_id is not null as is_deleted,

        cast(null as date) as last_activity_date,
        companies.created_at
    from {{ ref('stg_hubspot__companies') }} as companies
    {{ join_merged('merged', 'account', 'companies.source', 'companies.source_company_id') }}

)

select * from salesforce

union all

select * from hubspot
