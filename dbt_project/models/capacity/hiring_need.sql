-- Each row is an alternative: if everybody is hired to start in this month, so many are needed. Never add rows of one segment.
with final as (

    select
        {{ surrogate_key(['role', 'segment_id', 'month_start']) }} as hiring_need_id,
        role,
        segment_id,
        month_start,
        start_by,
        open_requisition_by,

        {{ money('gap') }} as gap,
        {{ money('unit_capacity') }} as unit_capacity,
        cast(hires as bigint) as hires,
        cast(backfills as integer) as backfills,
        is_recommended
    from {{ source('planning', 'hiring_need') }}

)

select * from final
