-- Additive in money over segments and months; attainment and survival are not.
with final as (

    select
        {{ surrogate_key(['capacity.segment_id', 'capacity.month_start']) }} as rep_capacity_id,
        capacity.segment_id,
        capacity.month_start,
        {{ fiscal_columns('capacity.month_start', 'run_context.fiscal_year_start_month') }},

        cast(capacity.reps_n as integer) as reps_n,
        {{ round_float('capacity.fte') }} as fte,
        {{ round_float('capacity.ramped_fte') }} as ramped_fte,
        {{ round_float('capacity.attainment') }} as attainment,
        {{ round_float('capacity.survival') }} as survival,
        {{ round_float('capacity.availability') }} as availability,

        {{ money('capacity.full_quota') }} as full_quota,
        {{ money('capacity.street_quota') }} as street_quota,
        {{ money('capacity.capacity') }} as capacity,
        {{ money('capacity.target') }} as target,

        {{ ratio_columns('required_attainment', money('capacity.target'), money('capacity.street_quota')) }},
        {{ ratio_columns('over_assignment', money('capacity.street_quota'), money('capacity.target')) }},
        {{ round_float('capacity.p_capacity_below_target') }} as p_capacity_below_target
    from {{ source('planning', 'rep_capacity') }} as capacity
    cross join {{ source('config', 'run_context') }} as run_context

)

select * from final
