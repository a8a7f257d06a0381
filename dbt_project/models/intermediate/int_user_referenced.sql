-- Owners and managers whom other exports name but the user export lacks: without a row of their own their work would vanish.
with referenced as (

    select
        source,
        source_owner_id as source_user_id
    from {{ ref('stg_salesforce__opportunity') }}

    union distinct

    select
        source,
        source_owner_id as source_user_id
    from {{ ref('stg_salesforce__task') }}

    union distinct

    select
        source,
        source_owner_id as source_user_id
    from {{ ref('stg_salesforce__event') }}

    union distinct

    select
        source,
        source_owner_id as source_user_id
    from {{ ref('stg_salesforce__account') }}

    union distinct

    select
        source,
        source_owner_id as source_user_id
    from {{ ref('stg_salesforce__contact') }}

    union distinct

    select
        source,
        source_owner_id as source_user_id
    from {{ ref('stg_salesforce__lead') }}

    union distinct

    select
        source,
        source_user_id
    from {{ ref('stg_salesforce__forecasting_quota') }}

    union distinct

    select
        source,
        source_manager_id as source_user_id
    from {{ ref('stg_salesforce__user') }}

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
    left join {{ ref('stg_salesforce__user') }} as users on identified.user_id = users.user_id
    where
        identified.source_user_id is not null
        and users.user_id is null

)

select * from final
