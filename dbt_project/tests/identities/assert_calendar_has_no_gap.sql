-- Dense marts are made from the calendar: a missing day would be a missing row everywhere.
with span as (

    select
        count(*) as days,
        min(date_day) as first_day,
        max(date_day) as last_day
    from {{ ref('dim_date') }}

)

select *
from span
where days <> {{ days_between('first_day', 'last_day') }} + 1
