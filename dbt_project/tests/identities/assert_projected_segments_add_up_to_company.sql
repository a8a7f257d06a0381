-- By projected period: every deal is in one segment, so closed and open money of the segments is the company's.
select
    period_type,
    period_start,
    sum(case when is_default_scope then closed_amount else -closed_amount end) as closed_difference,
    sum(case when is_default_scope then open_amount else -open_amount end) as open_difference
from {{ ref('period_projection') }}
group by period_type, period_start
having
    sum(case when is_default_scope then closed_amount else -closed_amount end) <> 0
    or sum(case when is_default_scope then open_amount else -open_amount end) <> 0
