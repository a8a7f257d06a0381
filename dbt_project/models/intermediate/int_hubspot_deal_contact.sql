-- Deals and the contacts they are with, merged records replaced by those that stay.
with final as (

    select distinct
        {{ surrogate_key([
            'named.source',
            survivor('merged_deal', 'named.source_deal_id'),
            survivor('merged_contact', 'named.source_contact_id'),
        ]) }} as deal_contact_id,
        named.source,
        {{ survivor('merged_deal', 'named.source_deal_id') }} as source_deal_id,
        {{ survivor('merged_contact', 'named.source_contact_id') }} as source_contact_id
    from {{ ref('stg_hubspot__associations_deals_contacts') }} as named
    {{ join_merged('merged_deal', 'opportunity', 'named.source', 'named.source_deal_id') }}
    {{ join_merged('merged_contact', 'contact', 'named.source', 'named.source_contact_id') }}

)

select * from final
