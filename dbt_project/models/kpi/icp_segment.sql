-- Where the company wins more often than elsewhere. Rates are pulled towards the company's own by as many deals as it takes to
-- outweigh luck, so that three won deals of three do not make the best customers.
{% set prior_deals = 20 %}
{% set dimensions = ['segment', 'industry', 'country', 'lead_source'] %}
with closed as (

    select
        opportunities.opportunity_id,
        opportunities.account_id,
        opportunities.segment_id as segment,
        coalesce(accounts.industry, 'unknown') as industry,
        coalesce(accounts.billing_country, 'unknown') as country,
        coalesce(opportunities.lead_source, 'unknown') as lead_source,
        opportunities.is_won,
        case when opportunities.is_won then opportunities.cycle_days end as won_cycle_days,
        case when opportunities.is_won then cast(opportunities.amount * 100 as bigint) end as won_cents,
        {{ month_start('opportunities.closed_date') }} as closed_month
    from {{ ref('fct_opportunity') }} as opportunities
    left join {{ ref('dim_account') }} as accounts on opportunities.account_id = accounts.account_id
    where
        opportunities.is_closed
        and opportunities.is_counted

),

firsts as (

    select
        min(closed.closed_month) as first_month,
        max(run_context.as_of) as as_of
    from closed
    cross join {{ source('config', 'run_context') }} as run_context

),

months as (

    select {{ add_months('firsts.first_month', 'cast(numbers.n as integer)') }} as month_start
    from firsts
    inner join {{ whole_numbers(1200) }} as numbers
        on {{ add_months('firsts.first_month', 'cast(numbers.n as integer)') }} <= firsts.as_of

),

windowed as (

    select
        months.month_start,
        closed.*
    from months
    inner join closed
        on
            months.month_start >= closed.closed_month
            and {{ add_months('months.month_start', -12) }} < closed.closed_month

),

baselines as (

    select
        month_start,
        cast(sum(case when is_won then 1 else 0 end) as double) / count(*) as baseline_win_rate
    from windowed
    group by month_start

),

valued as (
    {% for dimension in dimensions %}
    select
        '{{ dimension }}' as dimension,
        {{ dimension }} as segment_id,
        month_start,
        account_id,
        is_won,
        won_cycle_days,
        won_cents
    from windowed
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

sums as (

    select
        dimension,
        segment_id,
        month_start,
        cast(count(distinct account_id) as bigint) as accounts,
        cast(sum(case when is_won then 1 else 0 end) as bigint) as won,
        cast(sum(case when is_won then 0 else 1 end) as bigint) as lost,
        percentile_cont(0.5) within group (order by won_cents) as median_cents,
        percentile_cont(0.5) within group (order by won_cycle_days) as median_cycle_days
    from valued
    group by dimension, segment_id, month_start

),

rates as (

    select
        sums.*,
        baselines.baseline_win_rate,
        sums.won + {{ prior_deals }} * baselines.baseline_win_rate as shrunk_won,
        cast(sums.won + sums.lost + {{ prior_deals }} as bigint) as shrunk_closed,
        (sums.won + {{ prior_deals }} * baselines.baseline_win_rate)
        / (sums.won + sums.lost + {{ prior_deals }}) as shrunk_rate
    from sums
    inner join baselines on sums.month_start = baselines.month_start

),

lifted as (

    select
        *,
        {{ ratio('shrunk_rate', 'baseline_win_rate') }} as lift_now
    from rates

),

final as (

    select
        {{ surrogate_key(['lifted.dimension', 'lifted.segment_id', 'lifted.month_start']) }} as icp_segment_id,
        lifted.dimension,
        lifted.segment_id,
        lifted.dimension = 'segment' as is_default_scope,
        lifted.month_start,
        {{ fiscal_columns('lifted.month_start', 'run_context.fiscal_year_start_month') }},

        lifted.accounts,
        lifted.won,
        lifted.lost,
        {{ round_float('lifted.shrunk_won') }} as win_rate_shrunk_num,
        lifted.shrunk_closed as win_rate_shrunk_den,
        {{ ratio('lifted.shrunk_won', 'lifted.shrunk_closed') }} as win_rate_shrunk,
        {{ round_float('lifted.baseline_win_rate') }} as baseline_win_rate,
        {{ round_float('lifted.shrunk_rate') }} as lift_num,
        {{ round_float('lifted.baseline_win_rate') }} as lift_den,
        lifted.lift_now as lift,
        -- From whole cents, and as a decimal: half a cent is rounded as money is.
        {{ money('cast(lifted.median_cents as decimal(20, 1)) * cast(0.01 as decimal(3, 2))') }} as median_deal,
        {{ round_float('lifted.median_cycle_days') }} as median_cycle_days,
        case
            when lifted.lift_now >= 1.15 then 'A'
            when lifted.lift_now >= 0.85 then 'B'
            when lifted.lift_now is not null then 'C'
        end as tier
    from lifted
    cross join {{ source('config', 'run_context') }} as run_context

)

select * from final
