-- No more leads are hot than the people who take first contact can call: what is more than that would be hot in name only.
with people as (

    select
        users.user_id,
        users.is_rep,
        max(case when roles.pattern is not null then 1 else 0 end) as is_router
    from {{ ref('dim_user') }} as users
    left join {{ source('config', 'router_role') }} as roles
        on
            lower(users.role) like roles.pattern
            or lower(users.title) like roles.pattern
    where
        users.is_current
        and users.is_active
    group by users.user_id, users.is_rep

),

hands as (

    select
        case
            when coalesce(sum(is_router), 0) > 0 then sum(is_router)
            else coalesce(sum(case when is_rep then 1 else 0 end), 0)
        end as people
    from people

),

ranked as (

    select
        scores.lead_id,
        scores.owner_id,
        scores.score,
        scores.scored_on,
        settings.hot_channel as channel,
        cast(floor(settings.hot_leads_per_person_week * hands.people) as bigint) as capacity,
        row_number() over (order by scores.score desc, scores.lead_id asc) as score_rank
    from {{ ref('lead_score') }} as scores
    cross join {{ source('config', 'score_setting') }} as settings
    cross join hands
    where scores.score >= settings.hot_min_score

),

final as (

    select
        {{ surrogate_key(['lead_id', 'scored_on']) }} as hot_lead_id,
        lead_id,
        owner_id,
        channel,
        score,
        min(score) over () as threshold,
        capacity,
        scored_on as alert_on
    from ranked
    where score_rank <= capacity

)

select * from final
