-- The exports have no history of users: one version each, carried back and marked assumed.
with quota_holders as (

    select distinct user_id
    from {{ ref('int_quota_unioned') }}
    where user_id is not null

),

deal_owners as (

    select distinct {{ entity_id('source', 'source_owner_id') }} as user_id
    from {{ ref('int_opportunity_unioned') }}
    where
        not is_deleted
        and source_owner_id is not null

),

people as (

    select
        users.user_id,
        users.source,
        users.source_user_id,
        coalesce(users.user_name, users.login_name, users.source_user_id) as user_name,
        users.email,
        coalesce(employees.role, users.title) as role,
        users.title,
        users.department,
        employees.segment,
        segments.segment_id,
        coalesce(users.manager_id, employees.manager_id) as manager_id,
        users.time_zone,
        employees.fte,
        users.is_active,
        true as is_exported,
        employees.hire_date,
        employees.end_date,
        users.created_at
    from {{ ref('int_user_unioned') }} as users
    left join {{ ref('int_employee_matched') }} as employees on users.user_id = employees.user_id
    left join {{ ref('int_user_segmented') }} as segments on users.user_id = segments.user_id

    union all

    select
        user_id,
        source,
        source_user_id,
        source_user_id as user_name,
        cast(null as string) as email,
        cast(null as string) as role,
        cast(null as string) as title,
        cast(null as string) as department,
        cast(null as string) as segment,
        'unassigned' as segment_id,
        cast(null as string) as manager_id,
        cast(null as string) as time_zone,
        cast(null as double) as fte,
        true as is_active,
        false as is_exported,
        cast(null as date) as hire_date,
        cast(null as date) as end_date,
        cast(null as timestamp) as created_at
    from {{ ref('int_user_referenced') }}

),

quota_roles as (

    select distinct people.role
    from people
    inner join {{ source('config', 'rep_role') }} as patterns on lower(people.role) like patterns.pattern

),

zoned as (

    select
        people.*,
        {{ known_time_zone('people.time_zone') }} as known_zone
    from people

),

final as (

    select
        {{ surrogate_key(['zoned.user_id', valid_from_always()]) }} as user_version_id,
        zoned.user_id,
        zoned.source,
        zoned.source_user_id,
        zoned.manager_id,
        zoned.segment_id,

        zoned.user_name,
        zoned.email,
        zoned.role,
        zoned.title,
        zoned.department,
        zoned.segment,
        zoned.known_zone as time_zone,
        coalesce(zoned.known_zone, run_context.company_timezone) as local_time_zone,

        zoned.fte,

        zoned.is_active,
        quota_roles.role is not null
        or quota_holders.user_id is not null
        or (zoned.role is null and deal_owners.user_id is not null) as is_rep,
        zoned.is_exported,
        true as is_current,
        true as is_assumed,

        zoned.hire_date,
        zoned.end_date,
        {{ business_date('zoned.created_at', 'run_context.company_timezone') }} as created_date,
        {{ valid_from_always() }} as valid_from,
        {{ valid_to_always() }} as valid_to
    from zoned
    cross join {{ source('config', 'run_context') }} as run_context
    left join quota_roles on zoned.role = quota_roles.role
    left join quota_holders on zoned.user_id = quota_holders.user_id
    left join deal_owners on zoned.user_id = deal_owners.user_id

)

select * from final
