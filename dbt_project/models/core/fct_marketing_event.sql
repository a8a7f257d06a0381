-- Events name a person by id, by the company's own user id or by e-mail; a name that two people share identifies nobody.
-- Nobody reaches a person through an event: the name itself stays in the build file, a keyed hash of it is published.
with people as (

    select
        person_id,
        source,
        source_person_id,
        source_user_id,
        lower(email) as email
    from {{ ref('stg_encharge__people') }}

),

names as (

    select
        source,
        lower(source_person_id) as person_name,
        person_id,
        1 as name_order
    from people

    union all

    select
        source,
        lower(source_user_id) as person_name,
        person_id,
        2 as name_order
    from people
    where source_user_id is not null

    union all

    select
        source,
        email as person_name,
        person_id,
        3 as name_order
    from people
    where email is not null

),

kinds as (

    select
        source,
        person_name,
        name_order,
        min(person_id) as person_id,
        count(distinct person_id) as people
    from names
    group by source, person_name, name_order

),

known as (

    select
        *,
        row_number() over (partition by source, person_name order by name_order) as name_rank
    from kinds
    where people = 1

),

events as (

    select
        stg_events.*,
        lower(stg_events.source_person) as person_name,
        {{ keyed_hash('lower(stg_events.source_person)', 'personal_key.inner_pad', 'personal_key.outer_pad') }} as person_hash
    from {{ ref('stg_encharge__events') }} as stg_events
    cross join {{ source('config', 'personal_key') }} as personal_key

),

final as (

    select
        events.event_id,
        events.source,
        events.source_event_id,
        coalesce(known.person_id, {{ entity_id('events.source', 'events.person_hash') }}) as person_id,
        events.person_hash as source_person,

        events.event_type,
        events.campaign,
        events.url,
        events.form,
        events.utm_source,
        events.utm_medium,
        events.utm_campaign,
        events.properties,

        known.person_id is not null as is_known_person,

        events.event_at
    from events
    left join known
        on
            events.source = known.source
            and events.person_name = known.person_name
            and known.name_rank = 1

)

select * from final
