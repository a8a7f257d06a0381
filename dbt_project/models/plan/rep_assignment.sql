-- Accounts that nobody active keeps are dealt out in turn: the largest first, to whom of the segment keeps the fewest now. A
-- segment without reps deals to all reps of the same CRM.
with accounts as (

    select
        accounts.*,
        owners.user_id as known_owner_id,
        coalesce(owners.is_active, true) and coalesce(owners.end_date > run_context.as_of, true) as is_owner_active
    from {{ ref('dim_account') }} as accounts
    cross join {{ source('config', 'run_context') }} as run_context
    left join {{ ref('dim_user') }} as owners
        on
            accounts.owner_id = owners.user_id
            and owners.is_current
    where not accounts.is_deleted

),

-- A CRM whose accounts carry no owner at all tells nothing by it.
owned as (

    select distinct source
    from accounts
    where owner_id is not null

),

facts as (

    select
        account_id,
        employees as account_employees,
        trim(industry) as account_industry,
        trim(billing_country) as account_country,
        trim(account_type) as account_type
    from accounts
    where
        (known_owner_id is null or not is_owner_active)
        and source in (select owned.source from owned)

),

{{ segment_ctes(key='account_id', fields=['account_employees', 'account_industry', 'account_country', 'account_type']) }},

kept as (

    select
        owner_id,
        count(*) as accounts
    from accounts
    group by owner_id

),

reps as (

    select
        basis.user_id,
        basis.segment_id,
        users.source,
        users.source_user_id,
        coalesce(kept.accounts, 0) as accounts
    from {{ ref('int_rep_capacity_basis') }} as basis
    inner join {{ ref('dim_user') }} as users
        on
            basis.user_id = users.user_id
            and users.is_current
    left join kept on basis.user_id = kept.owner_id

),

pools as (

    select
        source,
        segment_id as pool,
        user_id,
        source_user_id,
        accounts
    from reps

    union all

    select
        source,
        '*' as pool,
        user_id,
        source_user_id,
        accounts
    from reps

),

turns as (

    select
        *,
        row_number() over (partition by source, pool order by accounts, user_id) - 1 as turn,
        count(*) over (partition by source, pool) as reps
    from pools

),

served as (

    select distinct
        source,
        pool
    from pools

),

orphans as (

    select
        accounts.account_id,
        accounts.source,
        accounts.source_account_id,
        accounts.known_owner_id,
        accounts.annual_revenue,
        segmented.segment_id,
        coalesce(served.pool, '*') as pool
    from accounts
    inner join segmented on accounts.account_id = segmented.account_id
    left join served
        on
            accounts.source = served.source
            and segmented.segment_id = served.pool

),

queued as (

    select
        *,
        row_number() over (partition by source, pool order by annual_revenue desc nulls last, account_id asc) - 1 as place
    from orphans

),

final as (

    select
        {{ surrogate_key(['queued.account_id']) }} as rep_assignment_id,
        queued.account_id,
        queued.source,
        queued.source_account_id,
        queued.known_owner_id as from_user_id,
        turns.user_id as to_user_id,
        turns.source_user_id as to_source_user_id,
        queued.segment_id,
        case when queued.known_owner_id is null then 'no owner' else 'owner left' end as reason
    from queued
    inner join turns
        on
            queued.source = turns.source
            and queued.pool = turns.pool
            and mod(queued.place, turns.reps) = turns.turn

)

select * from final
