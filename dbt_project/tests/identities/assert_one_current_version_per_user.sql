-- Facts join users by user_id among current versions: two of them would double every figure.
select
    user_id,
    sum(case when is_current then 1 else 0 end) as current_versions
from {{ ref('dim_user') }}
group by user_id
having sum(case when is_current then 1 else 0 end) <> 1
