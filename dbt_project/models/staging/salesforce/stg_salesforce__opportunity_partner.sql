with source as (

    {{ latest_version('salesforce__opportunity_partner', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as opportunity_partner_id,
        {{ entity_id('_source', 'OpportunityId') }} as opportunity_id,
        {{ entity_id('_source', 'AccountToId') }} as partner_account_id,
        _source as source,
        Id as source_opportunity_partner_id,

        Role as role,

        coalesce(IsPrimary, false) as is_primary,

        CreatedDate as created_at
    from source

)

select * from renamed
