-- By segment and month: the gap compares with exactly the capacity that there is, lost and doubled nowhere.
with capacities as (

    select
        segment_id,
        month_start,
        sum(capacity) as capacity
    from {{ ref('rep_capacity') }}
    group by segment_id, month_start

),

compared as (

    select
        segment_id,
        month_start,
        sum(capacity) as capacity
    from {{ ref('gap') }}
    group by segment_id, month_start

)

select
    coalesce(capacities.segment_id, compared.segment_id) as segment_id,
    coalesce(capacities.month_start, compared.month_start) as month_start,
    capacities.capacity,
    compared.capacity as compared_capacity
from capacities
full outer join compared
    on
        capacities.segment_id = compared.segment_id
        and capacities.month_start = compared.month_start
where coalesce(capacities.capacity, -1) <> coalesce(compared.capacity, -1)
