with source as (

    {{ latest_version('salesforce__opportunity_split_type', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as opportunity_split_type_id,
        _source as source,
        Id as source_opportunity_split_type_id,

        MasterLabel as split_type,

        coalesce(IsTotalValidated, false) as must_total_100
    from source

)

select * from renamed
