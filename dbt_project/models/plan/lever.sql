-- What each lever brings a month is measured on the plan: by what a rep of ours can book, or as a share of capacity or demand.
with months as (

    select
        month_start,
        sum(capacity) as capacity,
        sum({{ exact('demand_p50') }}) as demand,
        -- A month without a known gap counts in no mean.
        sum(case when gap_amount > 0 then gap_amount when gap_amount is not null then 0 end) as gap
    from {{ ref('gap') }}
    group by month_start

),

means as (

    select
        cast(avg(capacity) as double) as capacity,
        cast(avg(demand) as double) as demand,
        cast(avg(gap) as double) as gap
    from months

),

own as (

    select cast(avg({{ exact('cast(full_quota as double) * attainment * availability') }}) as double) as rep_month
    from {{ ref('rep_capacity') }}
    where month_start = (select max(month_start) from {{ ref('rep_capacity') }})

),

measured as (

    select
        levers.*,
        {{ add_days('run_context.as_of', 'levers.lead_time_days') }} as earliest_date,
        means.gap,
        {{ money('case levers.effect_kind'
            " when 'own_capacity' then levers.effect_value * own.rep_month"
            " when 'share_of_capacity' then levers.effect_value * means.capacity"
            " when 'share_of_demand' then levers.effect_value * means.demand"
            ' else levers.effect_value end') }} as effect_per_unit
    from {{ source('config', 'lever') }} as levers
    cross join {{ source('config', 'run_context') }} as run_context
    cross join means
    cross join own

),

final as (

    select
        lever_id,
        lever_type,
        lever_name,
        unit,
        effect_kind as effect_basis,

        {{ money('cost_per_unit') }} as cost_per_unit,
        effect_per_unit,
        {{ round_float('max_quantity') }} as max_quantity,
        lead_time_days,
        is_reversible,

        {{ ratio('cost_per_unit', 'effect_per_unit') }} as months_to_pay_back,
        {{ ratio('max_quantity * cast(effect_per_unit as double)', 'gap') }} as covers_gap_share,
        earliest_date
    from measured

)

select * from final
