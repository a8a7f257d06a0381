select
    fiscal_year as year, fiscal_quarter as q, sum(bookings) as bookings, sum(target_amount) as target, sum(won_n) as won,
    round(sum(won_n) / sum(won_n + lost_n), 3) as win_rate, round(sum(attainment_num) / sum(attainment_den), 3) as quota_attainment
from kpi.team_performance_month
where is_default_scope and month_start <= (select as_of from meta.publication)
group by fiscal_year, fiscal_quarter
order by fiscal_year desc, fiscal_quarter desc
limit 8
