-- Which exports a company delivers: any of the tables of an export will do.
{%- set exports = coverage_exports() %}
with tables as (
    {%- for export, parts in exports.items() %}
    {%- set outer_last = loop.last %}
    {%- for table in parts.tables %}

    select
        '{{ export }}' as export_name,
        '{{ table }}' as raw_table,
        count(*) as records
    from {{ source('raw', table) }}
    {%- if not (outer_last and loop.last) %}

    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}

),

final as (

    select
        export_name,
        {{ ordered_text('raw_table', ' or ', ['raw_table']) }} as raw_tables,
        cast(sum(records) as bigint) as records,
        sum(records) > 0 as is_delivered
    from tables
    group by export_name

)

select * from final
