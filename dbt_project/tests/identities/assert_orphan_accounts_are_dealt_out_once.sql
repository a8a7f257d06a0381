-- Each account without an active owner has one new owner, and no other account has any. A CRM without reps, or
-- whose accounts carry no owner at all, deals to nobody.
with kept as (

    select accounts.account_id
    from {{ ref('dim_account') }} as accounts
    cross join {{ source('config', 'run_context') }} as run_context
    inner join {{ ref('dim_user') }} as owners on accounts.owner_id = owners.user_id
    where
        owners.is_current
        and coalesce(owners.is_active, true)
        and (owners.end_date is null or owners.end_date > run_context.as_of)

),

served as (

    select distinct users.source
    from {{ ref('int_rep_capacity_basis') }} as basis
    inner join {{ ref('dim_user') }} as users on basis.user_id = users.user_id
    where users.is_current

),

owned as (

    select distinct source
    from {{ ref('dim_account') }}
    where
        owner_id is not null
        and not is_deleted

),

orphans as (

    select accounts.account_id
    from {{ ref('dim_account') }} as accounts
    inner join served on accounts.source = served.source
    inner join owned on accounts.source = owned.source
    left join kept on accounts.account_id = kept.account_id
    where
        not accounts.is_deleted
        and kept.account_id is null

),

dealt as (

    select
        account_id,
        count(*) as owners
    from {{ ref('rep_assignment') }}
    group by account_id

)

select
    coalesce(orphans.account_id, dealt.account_id) as account_id,
    orphans.account_id is not null as is_orphan,
    coalesce(dealt.owners, 0) as owners
from orphans
full outer join dealt on orphans.account_id = dealt.account_id
where
    orphans.account_id is null
    or coalesce(dealt.owners, 0) <> 1
