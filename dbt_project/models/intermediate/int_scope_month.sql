-- The rows of the teams' monthly mart: the company, each segment, and each manager (a team is the manager's whole subtree).
with scopes as (

    select
        'company' as scope_type,
        'all' as scope_id,
        'Company' as scope_name

    union all

    select
        'segment' as scope_type,
        segment_id as scope_id,
        segment_name as scope_name
    from {{ ref('dim_segment') }}

    union all

    select distinct
        'team' as scope_type,
        bridge.manager_id as scope_id,
        managers.user_name as scope_name
    from {{ ref('bridge_team') }} as bridge
    inner join {{ ref('dim_user') }} as managers
        on
            bridge.manager_id = managers.user_id
            and managers.is_current
    where bridge.depth > 0

),

final as (

    select
        {{ surrogate_key(['scopes.scope_type', 'scopes.scope_id', 'days.month_start']) }} as scope_month_id,
        scopes.scope_type,
        scopes.scope_id,
        scopes.scope_name,
        days.month_start,
        days.fiscal_year,
        days.fiscal_quarter,
        days.fiscal_month
    from scopes
    cross join {{ ref('int_company_span') }} as span
    inner join {{ ref('dim_date') }} as days
        on
            days.date_day = days.month_start
            and days.date_day between {{ month_start('span.first_opportunity_date') }} and span.last_date

)

select * from final
