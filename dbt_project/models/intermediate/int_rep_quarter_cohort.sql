-- Deals by the fiscal quarter in which they were created; a cohort is judged only when it had time to close.
with final as (

    select
        {{ surrogate_key(['opportunities.owner_id', 'days.fiscal_quarter_start']) }} as rep_quarter_id,
        opportunities.owner_id as user_id,
        days.fiscal_quarter_start,
        cast(count(*) as bigint) as created_n,
        cast(sum(case when opportunities.is_won then 1 else 0 end) as bigint) as won_n
    from {{ ref('fct_opportunity') }} as opportunities
    inner join {{ ref('dim_date') }} as days on opportunities.created_date = days.date_day
    where
        opportunities.is_counted
        and opportunities.owner_id is not null
    group by opportunities.owner_id, days.fiscal_quarter_start

)

select * from final
