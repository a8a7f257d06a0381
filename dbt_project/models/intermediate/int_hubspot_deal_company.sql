-- The company that a deal is with: the primary one of its associations, else the one of the smallest id.
with named as (

    select
        named.source,
        {{ survivor('merged_deal', 'named.source_deal_id') }} as source_deal_id,
        {{ survivor('merged_company', 'named.source_company_id') }} as source_company_id,
        -- What the surviving deal says of itself comes before what was said of those that went into it.
        case when merged_deal.source_record_id is null then 0 else 2 end
        + case when lower(named.association_type) like '%primary%' then 0 else 1 end as preference
    from {{ ref('stg_hubspot__associations_deals_companies') }} as named
    {{ join_merged('merged_deal', 'opportunity', 'named.source', 'named.source_deal_id') }}
    {{ join_merged('merged_company', 'account', 'named.source', 'named.source_company_id') }}

),

ranked as (

    select
        *,
        row_number() over (partition by source, source_deal_id order by preference, source_company_id) as preference_rank
    from named

),

final as (

    select
        {{ surrogate_key(['source', 'source_deal_id']) }} as opportunity_id,
        source,
        source_deal_id,
        source_company_id
    from ranked
    where preference_rank = 1

)

select * from final
