-- The names under which events may know a person: an id, the company's own user id, an e-mail. A name that two people share
-- identifies nobody.
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

final as (

    select
        {{ surrogate_key(['source', 'person_name']) }} as marketing_person_id,
        source,
        person_name,
        person_id
    from known
    where name_rank = 1

)

select * from final
