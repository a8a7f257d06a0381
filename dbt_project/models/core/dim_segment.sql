with configured as (

    select
        segment_id,
        segment_name,
        segment_order
    from {{ source('config', 'segment') }}

),

used as (

    select segment_id from {{ ref('int_opportunity_segmented') }}

    union distinct

    select segment_id from {{ ref('int_user_segmented') }}

    union distinct

    select segment_id from {{ ref('int_lead_segmented') }}

    union distinct

    select 'unassigned' as segment_id

),

final as (

    select
        used.segment_id,
        case used.segment_id when 'unassigned' then 'Unassigned' else used.segment_id end as segment_name,
        cast(null as integer) as segment_order,
        false as is_configured
    from used
    left join configured on used.segment_id = configured.segment_id
    where configured.segment_id is null

    union all

    select
        segment_id,
        segment_name,
        segment_order,
        true as is_configured
    from configured

)

select * from final
