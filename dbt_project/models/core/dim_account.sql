-- The ultimate parent is found by doubling: after k joins every account knows whom it reaches in 2^k steps, and the smallest
-- id on the way. Roots lead to themselves; in a cycle of parents the smallest id stands for all of it.
{%- set doublings = 6 %}
with accounts as (

    select
        *,
        {{ entity_id('source', 'source_parent_account_id') }} as named_parent_id
    from {{ ref('int_account_unioned') }}

),

reach_0 as (

    select
        accounts.account_id,
        coalesce(parents.account_id, accounts.account_id) as reached_id,
        accounts.account_id as smallest_id
    from accounts
    left join accounts as parents on accounts.named_parent_id = parents.account_id

),

{%- for doubling in range(1, doublings + 1) %}

reach_{{ doubling }} as (

    select
        near.account_id,
        far.reached_id,
        least(near.smallest_id, far.smallest_id) as smallest_id
    from reach_{{ doubling - 1 }} as near
    inner join reach_{{ doubling - 1 }} as far on near.reached_id = far.account_id

),
{%- endfor %}

final as (

    select
        accounts.account_id,
        accounts.source,
        accounts.source_account_id,
        parents.account_id as parent_id,
        roots.smallest_id as ultimate_parent_id,
        accounts.account_id as cluster_id,
        {{ entity_id('accounts.source', 'accounts.source_owner_id') }} as owner_id,

        accounts.account_name,
        accounts.account_type,
        accounts.industry,
        accounts.website,
        accounts.billing_city,
        accounts.billing_state,
        accounts.billing_country,

        accounts.employees,
        accounts.annual_revenue,

        accounts.is_deleted,

        {{ business_date('accounts.created_at', 'run_context.company_timezone') }} as created_date,
        accounts.last_activity_date
    from accounts
    cross join {{ source('config', 'run_context') }} as run_context
    left join accounts as parents on accounts.named_parent_id = parents.account_id
    inner join reach_{{ doublings }} as reach on accounts.account_id = reach.account_id
    inner join reach_{{ doublings }} as roots on reach.reached_id = roots.account_id

)

select * from final
