-- agents and rostered add up over queues of one interval if nobody serves two; nothing else adds up.
with final as (

    select
        {{ surrogate_key(['queue', 'weekday', 'interval_start']) }} as support_staffing_id,
        queue,
        cast(weekday as integer) as weekday,
        concat(
            right(concat('0', cast(cast(floor(interval_start / 60) as integer) as string)), 2),
            ':',
            right(concat('0', cast(mod(cast(interval_start as integer), 60) as string)), 2)
        ) as interval_start,

        {%- for figure in [
            'arrivals', 'handle_seconds', 'offered_load', 'occupancy', 'waiting_probability', 'service_level',
        ] %}
        {{ round_float(figure) }} as {{ figure }},
        {%- endfor %}
        cast(agents as integer) as agents,
        cast(rostered as integer) as rostered
    from {{ source('planning', 'support_staffing') }}

)

select * from final
