-- Minutes in which a person was in a call, meeting or demo, by local day; overlaps count once. Clipped in UTC, so that days of
-- 23 and 25 hours come out right.
with intervals as (

    select
        activities.activity_id,
        activities.owner_id as user_id,
        activities.started_at,
        activities.ended_at,
        activities.local_day as first_day,
        owners.local_time_zone as time_zone
    from {{ ref('fct_activity') }} as activities
    inner join {{ ref('dim_user') }} as owners
        on
            activities.owner_id = owners.user_id
            and owners.is_current
    where
        activities.activity_type in ('call', 'meeting', 'demo')
        and activities.has_time
        and activities.is_done
        and coalesce(activities.is_held, true)
        and activities.ended_at > activities.started_at

),

-- Ending at midnight is not yet the next day.
bounded as (

    select
        *,
        {{ epoch_micros('started_at') }} as start_micros,
        {{ epoch_micros('ended_at') }} as end_micros,
        {{ business_date('ended_at', 'time_zone') }} as end_day
    from intervals

),

one_day as (

    select
        activity_id,
        user_id,
        first_day as date_day,
        start_micros,
        end_micros
    from bounded
    where end_day = first_day

),

several_days as (

    select
        bounded.activity_id,
        bounded.user_id,
        days.date_day,
        greatest(
            bounded.start_micros,
            {{ epoch_micros(to_utc('cast(days.date_day as timestamp)', 'bounded.time_zone')) }}
        ) as start_micros,
        least(
            bounded.end_micros,
            {{ epoch_micros(to_utc('cast(' ~ add_days('days.date_day', 1) ~ ' as timestamp)', 'bounded.time_zone')) }}
        ) as end_micros
    from bounded
    inner join {{ ref('dim_date') }} as days
        on days.date_day between bounded.first_day and bounded.end_day
    where bounded.end_day > bounded.first_day

),

pieces as (

    select * from one_day

    union all

    select * from several_days
    where end_micros > start_micros

),

reached as (

    select
        user_id,
        date_day,
        start_micros,
        end_micros,
        max(end_micros) over (
            partition by user_id, date_day
            order by start_micros, end_micros, activity_id
            rows between unbounded preceding and 1 preceding
        ) as covered_until_micros
    from pieces

),

final as (

    select
        {{ surrogate_key(['user_id', 'date_day']) }} as selling_minutes_id,
        user_id,
        date_day,
        cast(
            sum(greatest(0, end_micros - greatest(start_micros, coalesce(covered_until_micros, start_micros)))) as double
        ) / 60000000 as selling_minutes
    from reached
    group by user_id, date_day

)

select * from final
