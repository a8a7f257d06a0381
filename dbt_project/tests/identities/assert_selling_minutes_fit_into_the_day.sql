-- A union of intervals clipped to a local day is no longer than the day, which has 25 hours when clocks go back.
select
    user_id,
    date_day,
    selling_minutes
from {{ ref('rep_activity_day') }}
where
    selling_minutes < 0
    or selling_minutes > 25 * 60
