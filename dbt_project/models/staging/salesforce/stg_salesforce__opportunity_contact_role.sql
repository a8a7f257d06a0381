with source as (

    {{ latest_version('salesforce__opportunity_contact_role', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as opportunity_contact_role_id,
        {{ entity_id('_source', 'OpportunityId') }} as opportunity_id,
        {{ entity_id('_source', 'ContactId') }} as contact_id,
        _source as source,
        Id as source_opportunity_contact_role_id,

        Role as role,

        coalesce(IsPrimary, false) as is_primary,

        CreatedDate as created_at
    from source

)

select * from renamed
