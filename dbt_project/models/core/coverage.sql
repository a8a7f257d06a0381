-- Built after all other marts. What a mart cannot do without is stated (coverage_marts); what else it is made of follows from
-- dbt's own lineage, so that it is never out of date.
{%- set exports = coverage_exports() %}
{%- set tables_of = {} %}
{%- for mart in coverage_marts() %}
{%- do tables_of.update({mart: raw_tables_of(mart)}) %}
{%- endfor %}
with states as (

    select *
    from {{ ref('int_mart_state') }}

),

exports as (

    select *
    from {{ ref('int_export_state') }}

),

-- One row per mart, need and export that would meet it: of the exports of one need any will do.
needs as (
    {%- for mart, about in coverage_marts().items() if about.needs %}
    {%- set last_mart = loop.last %}
    {%- for need in about.needs %}
    {%- set last_need = loop.last %}
    {%- for export in need.split('|') %}

    select
        '{{ mart }}' as mart_name,
        '{{ need }}' as need,
        '{{ export }}' as export_name
    {%- if not (last_mart and last_need and loop.last) %}

    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
    {%- endfor %}

),

-- What each export is part of, needed or not: the names of the marts, each between spaces.
parts as (
    {%- for export, about in exports.items() %}
    {%- set marts = [] %}
    {%- for mart, tables in tables_of.items() %}
    {%- if about.tables | select('in', tables) | list %}
    {%- do marts.append(mart) %}
    {%- endif %}
    {%- endfor %}

    select
        '{{ export }}' as export_name,
        ' {{ marts | join(' ') }} ' as marts
    {%- if not loop.last %}

    union all
    {%- endif %}
    {%- endfor %}

),

unmet as (

    select
        needs.mart_name,
        needs.need,
        -- The first of several that would do.
        min(needs.export_name) as export_name
    from needs
    inner join exports on needs.export_name = exports.export_name
    group by needs.mart_name, needs.need
    having max(case when exports.is_delivered then 1 else 0 end) = 0

),

lacking as (

    select
        mart_name,
        {{ ordered_text('need', ', ', ['need']) }} as missing_sources,
        min(export_name) as export_name,
        count(*) as missing_n
    from unmet
    group by mart_name

),

-- What the arrival of one export alone would unlock.
unlocking as (

    select
        export_name,
        count(*) as marts
    from lacking
    where missing_n = 1
    group by export_name

),

ranked as (

    select
        unlocking.export_name,
        unlocking.marts,
        exports.raw_tables,
        row_number() over (order by unlocking.marts desc, unlocking.export_name asc) as place
    from unlocking
    inner join exports on unlocking.export_name = exports.export_name

),

helping as (

    select
        states.mart_name,
        {{ ordered_text('parts.export_name', ', ', ['parts.export_name']) }} as missing_helping_sources
    from states
    inner join parts on parts.marts like '% ' || states.mart_name || ' %'
    inner join exports on parts.export_name = exports.export_name
    left join needs
        on
            states.mart_name = needs.mart_name
            and parts.export_name = needs.export_name
    where
        not exports.is_delivered
        and needs.mart_name is null
    group by states.mart_name

),

final as (

    select
        states.mart_name as mart,
        cast(states.rows_n as bigint) as rows,
        states.newest_date,

        case
            when states.rows_n = 0 and lacking.mart_name is not null then 'no_source'
            when states.rows_n = 0 then 'no_rows'
            when lacking.mart_name is not null then 'partial'
            when helping.mart_name is not null then 'usable'
            else 'complete'
        end as verdict,
        lacking.missing_sources,
        helping.missing_helping_sources,
        case when lacking.missing_n = 1 then lacking.export_name end as unlocked_by,

        ranked.export_name as best_next_export,
        ranked.raw_tables as best_next_tables,
        cast(coalesce(ranked.marts, 0) as bigint) as best_next_marts
    from states
    left join lacking on states.mart_name = lacking.mart_name
    left join helping on states.mart_name = helping.mart_name
    left join ranked on ranked.place = 1

)

select * from final
