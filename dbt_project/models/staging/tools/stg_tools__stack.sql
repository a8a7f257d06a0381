with source as (

    {{ latest_version('tools__stack', key='tool') }}

),

renamed as (

    select
        {{ surrogate_key(['_source', 'tool']) }} as tool_key,
        _source as source,
        tool as tool_name,

        function as tool_function,
        vendor,
        integrates_with,
        obstacle_addressed,

        {{ money('cost_per_year') }} as cost_per_year,
        licences,
        active_users,
        satisfaction,

        training_offered as is_training_offered,

        renewal as renewal_date
    from source

)

select * from renamed
