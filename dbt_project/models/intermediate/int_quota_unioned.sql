-- What each user was to sell, of every CRM in one vocabulary. HubSpot writes the bounds of a goal's period as midnights in UTC.
with salesforce as (

    select
        quota_id,
        user_id,
        source,
        source_user_id,
        product_family,
        currency,
        quota_amount,
        start_date
    from {{ ref('stg_salesforce__forecasting_quota') }}

),

hubspot as (

    select
        goal_key as quota_id,
        {{ entity_id('source', 'source_owner_id') }} as user_id,
        source,
        source_owner_id as source_user_id,
        cast(null as string) as product_family,
        currency,
        target_amount as quota_amount,
        cast(starts_at as date) as start_date
    from {{ ref('stg_hubspot__goals') }}

)

select * from salesforce

union all

select * from hubspot
