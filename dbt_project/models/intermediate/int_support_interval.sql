-- Arrivals of an average week by queue, weekday and time of day in the company's zone; handling time of the queue as a whole,
-- because a single interval has too few tickets.
with tickets as (

    select
        coalesce(tickets.queue, 'unassigned') as queue,
        tickets.handle_minutes,
        {{ to_local('tickets.created_at', 'run_context.company_timezone') }} as local_created_at,
        run_context.as_of,
        settings.support_weeks,
        settings.support_interval_minutes
    from {{ ref('stg_support__tickets') }} as tickets
    cross join {{ source('config', 'run_context') }} as run_context
    cross join {{ source('config', 'capacity_setting') }} as settings
    where tickets.created_at is not null

),

recent as (

    select
        queue,
        handle_minutes,
        support_weeks,
        {{ iso_weekday('cast(local_created_at as date)') }} as weekday,
        cast(
            floor((extract(hour from local_created_at) * 60 + extract(minute from local_created_at)) / support_interval_minutes)
            * support_interval_minutes as integer
        ) as interval_start
    from tickets
    where
        cast(local_created_at as date) <= as_of
        and cast(local_created_at as date) > {{ add_days('as_of', '-7 * support_weeks') }}

),

queues as (

    select
        queue,
        {{ round_float('60 * avg(' ~ exact('handle_minutes') ~ ')') }} as handle_seconds
    from recent
    where handle_minutes is not null
    group by queue

),

final as (

    select
        {{ surrogate_key(['recent.queue', 'recent.weekday', 'recent.interval_start']) }} as support_interval_id,
        recent.queue,
        recent.weekday,
        recent.interval_start,
        cast(count(*) as double) / min(recent.support_weeks) as arrivals,
        min(queues.handle_seconds) as handle_seconds
    from recent
    inner join queues on recent.queue = queues.queue
    group by recent.queue, recent.weekday, recent.interval_start

)

select * from final
