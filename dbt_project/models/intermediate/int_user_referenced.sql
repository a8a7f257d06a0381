-- Owners and managers whom other exports name but the user export lacks: without a row of their own their work would vanish.
with referenced as (

    select
        source,
        source_owner_id as source_user_id
    from {{ ref('int_opportunity_unioned') }}

    union distinct

    select
        source,
        source_owner_id as source_user_id
    from {{ ref('int_activity_unioned') }}

    union distinct

    select
        source,
        source_owner_id as source_user_id
    from {{ ref('int_account_unioned') }}

    union distinct

    select
        source,
        source_owner_id as source_user_id
    from {{ ref('int_contact_unioned') }}

    union distinct

    select
        source,
        source_owner_id as source_user_id
    from {{ ref('int_lead_unioned') }}

    union distinct

    select
        source,
        source_user_id
    from {{ ref('int_quota_unioned') }}

    union distinct

    select
        source,
        source_manager_id as source_user_id
    from {{ ref('int_user_unioned') }}

),

identified as (

    select
        {{ entity_id('source', 'source_user_id') }} as user_id,
        source,
        source_user_id
    from referenced

),

final as (

    select
        identified.user_id,
        identified.source,
        identified.source_user_id
    from identified
    left join {{ ref('int_user_unioned') }} as users on identified.user_id = users.user_id
    where
        identified.source_user_id is not null
        and users.user_id is null

)

select * from final
