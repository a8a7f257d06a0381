with source as (

    {{ latest_version('salesforce__territory2', key='Id') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'Id']) }} as territory_id,
        {{ entity_id('_source', 'ParentTerritory2Id') }} as parent_territory_id,
        _source as source,
        Id as source_territory_id,

        Name as territory_name
    from source

)

select * from renamed
