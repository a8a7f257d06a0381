with source as (

    {{ latest_version('salesforce__opportunity_split', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as opportunity_split_id,
        {{ entity_id('_source', 'OpportunityId') }} as opportunity_id,
        {{ entity_id('_source', 'SplitOwnerId') }} as user_id,
        {{ entity_id('_source', 'SplitTypeId') }} as opportunity_split_type_id,
        _source as source,
        Id as source_opportunity_split_id,

        SplitPercentage as split_pct,
        {{ money('SplitAmount') }} as split_amount,

        CreatedDate as created_at
    from source

)

select * from renamed
