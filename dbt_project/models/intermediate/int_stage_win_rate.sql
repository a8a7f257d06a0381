-- How likely a deal in a stage was to be won, as it could be known on a day: of the deals that ever entered the stage and were
-- closed before that day, the share won, pulled towards the stage's configured probability by ten deals.
{% set prior_deals = 10 %}
with days as (

    select distinct on_day
    from {{ ref('int_projection_window') }}

),

entered as (

    select distinct
        opportunities.opportunity_id,
        stages.stage_id,
        opportunities.is_won,
        opportunities.closed_date
    from {{ ref('int_opportunity_history_unioned') }} as history
    inner join {{ ref('fct_opportunity') }} as opportunities on history.opportunity_id = opportunities.opportunity_id
    inner join {{ ref('dim_stage') }} as stages
        on
            opportunities.source = stages.source
            and opportunities.pipeline_id = stages.pipeline_id
            and history.stage_name = stages.stage_name
    where
        opportunities.is_closed
        and opportunities.is_counted
        and stages.stage_type = 'open'

),

closings as (

    select
        stage_id,
        closed_date,
        count(*) as closed_n,
        sum(case when is_won then 1 else 0 end) as won_n
    from entered
    group by stage_id, closed_date

),

sums as (

    select
        closings.stage_id,
        days.on_day,
        sum(closings.closed_n) as closed_n,
        sum(closings.won_n) as won_n
    from closings
    inner join days on closings.closed_date < days.on_day
    group by closings.stage_id, days.on_day

),

final as (

    select
        {{ surrogate_key(['stages.stage_id', 'days.on_day']) }} as stage_win_rate_id,
        stages.stage_id,
        days.on_day,
        cast(coalesce(sums.closed_n, 0) as bigint) as closed_n,
        cast(coalesce(sums.won_n, 0) as bigint) as won_n,
        -- A decimal, so that sums of money times rate are exact.
        cast(
            (coalesce(sums.won_n, 0) + {{ prior_deals }} * coalesce(stages.default_probability, 0.5))
            / (coalesce(sums.closed_n, 0) + {{ prior_deals }})
            as decimal(18, 16)
        ) as win_rate
    from {{ ref('dim_stage') }} as stages
    cross join days
    left join sums
        on
            stages.stage_id = sums.stage_id
            and days.on_day = sums.on_day
    where stages.stage_type = 'open'

)

select * from final
