-- Every exported activity that is neither deleted nor a copy for a further attendee is in the fact once.
with exported as (

    select count(*) as activities
    from {{ ref('stg_salesforce__task') }}
    where not is_deleted

    union all

    select count(*) as activities
    from {{ ref('stg_salesforce__event') }}
    where
        not is_deleted
        and not is_child

    union all

    select count(*) as activities
    from {{ ref('stg_hubspot__calls') }}

    union all

    select count(*) as activities
    from {{ ref('stg_hubspot__emails') }}

    union all

    select count(*) as activities
    from {{ ref('stg_hubspot__meetings') }}

    union all

    select count(*) as activities
    from {{ ref('stg_hubspot__tasks') }}

),

expected as (

    select sum(activities) as activities
    from exported

),

mart as (

    select count(*) as activities
    from {{ ref('fct_activity') }}

)

select
    expected.activities,
    mart.activities as mart_activities
from expected
cross join mart
where expected.activities <> mart.activities
