-- By the CRM id that HR keeps where it keeps one; else by e-mail, and only where HR and the CRM have that address once.
with users as (

    select
        user_id,
        source_user_id,
        lower(email) as email,
        count(*) over (partition by source, lower(email)) as users_with_email
    from {{ ref('int_user_unioned') }}

),

employees as (

    select
        *,
        lower(email) as email_key,
        count(*) over (partition by lower(email)) as employees_with_email
    from {{ ref('stg_hr__employees') }}

),

candidates as (

    select
        users.user_id,
        employees.employee_key,
        1 as match_order,
        'crm_user_id' as match_rule,
        employees.hire_date
    from users
    inner join employees on users.source_user_id = employees.source_user_id

    union all

    select
        users.user_id,
        employees.employee_key,
        2 as match_order,
        'email' as match_rule,
        employees.hire_date
    from users
    inner join employees
        on users.email = employees.email_key
    where
        employees.source_user_id is null
        and users.users_with_email = 1
        and employees.employees_with_email = 1

),

-- A rehired person has two employments: the later one tells role and dates.
ranked as (

    select
        *,
        row_number() over (
            partition by user_id
            order by match_order asc, hire_date desc nulls last, employee_key asc
        ) as candidate_rank
    from candidates

),

matched as (

    select
        ranked.user_id,
        ranked.match_rule,
        employees.employee_key,
        employees.source,
        employees.source_employee_id,
        employees.source_manager_employee_id,
        employees.role,
        employees.segment,
        employees.hire_date,
        employees.end_date,
        employees.fte
    from ranked
    inner join employees on ranked.employee_key = employees.employee_key
    where ranked.candidate_rank = 1

),

manager_users as (

    select
        source,
        source_employee_id,
        user_id,
        row_number() over (partition by source, source_employee_id order by user_id) as user_rank
    from matched

),

final as (

    select
        matched.user_id,
        matched.employee_key,
        matched.match_rule,
        manager_users.user_id as manager_id,
        matched.role,
        matched.segment,
        matched.fte,
        matched.hire_date,
        matched.end_date
    from matched
    left join manager_users
        on
            matched.source = manager_users.source
            and matched.source_manager_employee_id = manager_users.source_employee_id
            and manager_users.user_rank = 1

)

select * from final
