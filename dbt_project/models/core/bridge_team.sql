-- One step up per level, at most eight; a step back to somebody already passed ends the walk (exports hold cycles).
{%- set levels = 8 %}
with users as (

    select
        user_id,
        manager_id
    from {{ ref('dim_user') }}
    where is_current

),

level_0 as (

    select
        user_id,
        user_id as manager_id,
        user_id as passed
    from users

),

{%- for level in range(1, levels + 1) %}

level_{{ level }} as (

    select
        below.user_id,
        users.manager_id,
        below.passed || ' ' || users.manager_id as passed
    from level_{{ level - 1 }} as below
    inner join users on below.manager_id = users.user_id
    where
        users.manager_id is not null
        and below.passed not like '%' || users.manager_id || '%'

),
{%- endfor %}

walked as (

    select
        user_id,
        manager_id,
        0 as depth
    from level_0
    {%- for level in range(1, levels + 1) %}

    union all

    select
        user_id,
        manager_id,
        {{ level }} as depth
    from level_{{ level }}
    {%- endfor %}

),

final as (

    select
        {{ surrogate_key(['user_id', 'manager_id', valid_from_always()]) }} as bridge_id,
        user_id,
        manager_id,
        cast(depth as integer) as depth,
        true as is_assumed,
        {{ valid_from_always() }} as valid_from,
        {{ valid_to_always() }} as valid_to
    from walked

)

select * from final
