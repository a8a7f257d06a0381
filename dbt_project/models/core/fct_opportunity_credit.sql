-- Until exports bring splits, the owner at close is credited in full.
with final as (

    select
        {{ surrogate_key(['opportunity_id', 'owner_id', "'revenue'"]) }} as credit_id,
        opportunity_id,
        owner_id as user_id,
        'revenue' as credit_type,
        cast(100 as double) as credit_pct
    from {{ ref('fct_opportunity') }}
    where owner_id is not null

)

select * from final
