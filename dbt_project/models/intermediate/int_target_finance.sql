-- What finance writes as 'segment:SMB' and '2025-Q1', as a segment and a first day; a text that names no period is left out.
with years as (

    select
        n as year_number,
        cast(n as string) as year_text
    from {{ whole_numbers(10000) }} as numbers
    where n >= 1000

),

months as (

    select n + 1 as month_number
    from {{ whole_numbers(12) }} as numbers

),

exported as (

    select
        source,
        trim(scope) as scope_text,
        upper(trim(period)) as period_text,
        lower(trim(measure)) as measure,
        'finance:' || coalesce(version, '') as version,
        amount
    from {{ ref('stg_finance__targets') }}
    where amount is not null

),

dated as (

    select
        exported.source,
        exported.scope_text,
        exported.measure,
        exported.version,
        exported.amount,
        case
            when exported.period_text = years.year_text then 'year'
            when exported.period_text like '____-Q_' then 'quarter'
            else 'month'
        end as period_type,
        months.month_number,
        {{ add_months("cast('1000-01-01' as date)", 'cast((years.year_number - 1000) * 12 as integer)') }} as january,
        -- A fiscal year is named by the calendar year in which it ends.
        case when run_context.fiscal_year_start_month > 1 then -12 else 0 end
        + run_context.fiscal_year_start_month - 1 as fiscal_shift
    from exported
    cross join {{ source('config', 'run_context') }} as run_context
    inner join years on substring(exported.period_text, 1, 4) = years.year_text
    inner join months
        on
            exported.period_text = years.year_text || '-' || substring(cast(100 + months.month_number as string), 2, 2)
            or (
                months.month_number <= 4
                and exported.period_text = years.year_text || '-Q' || cast(months.month_number as string)
            )
            or (
                months.month_number = 1
                and exported.period_text = years.year_text
            )

),

scoped as (

    select
        dated.source,
        case when lower(dated.scope_text) = 'company' then 'company' else 'segment' end as scope_type,
        case
            when lower(dated.scope_text) = 'company' then 'all'
            else coalesce(min(segments.segment_id), trim(substring(dated.scope_text, 9)))
        end as scope_id,
        dated.period_type,
        dated.measure,
        dated.version,
        dated.amount,
        case dated.period_type
            when 'month' then {{ add_months('dated.january', 'cast(dated.month_number - 1 as integer)') }}
            else {{ add_months('dated.january', 'cast(dated.fiscal_shift + 3 * (dated.month_number - 1) as integer)') }}
        end as period_start
    from dated
    left join {{ source('config', 'segment') }} as segments
        on
            lower(trim(substring(dated.scope_text, 9))) = lower(segments.segment_id)
            or lower(trim(substring(dated.scope_text, 9))) = lower(segments.segment_name)
    where
        lower(dated.scope_text) = 'company'
        or lower(dated.scope_text) like 'segment:%'
    group by
        dated.source,
        dated.scope_text,
        dated.period_type,
        dated.measure,
        dated.version,
        dated.amount,
        dated.january,
        dated.month_number,
        dated.fiscal_shift

),

-- Two spellings of one target, or two exports of it, are one target.
ranked as (

    select
        *,
        row_number() over (
            partition by scope_type, scope_id, period_type, period_start, measure, version
            order by source asc, amount desc
        ) as spelling_rank
    from scoped

),

final as (

    select
        {{ surrogate_key(['scope_type', 'scope_id', 'period_start', 'period_type', 'measure', 'version']) }} as target_id,
        scope_type,
        scope_id,
        period_type,
        measure,
        version,
        amount,
        period_start
    from ranked
    where spelling_rank = 1

)

select * from final
