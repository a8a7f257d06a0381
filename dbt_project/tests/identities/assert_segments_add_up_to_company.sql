-- By month: every deal is in one segment, so the segments' sums are the company's.
with sums as (

    select
        month_start,
        sum(case when is_default_scope then bookings else -bookings end) as bookings_difference,
        sum(case when is_default_scope then won_n else -won_n end) as won_difference,
        sum(case when is_default_scope then lost_n else -lost_n end) as lost_difference
    from {{ ref('team_performance_month') }}
    where scope_type in ('company', 'segment')
    group by month_start

)

select *
from sums
where
    bookings_difference <> 0
    or won_difference <> 0
    or lost_difference <> 0
