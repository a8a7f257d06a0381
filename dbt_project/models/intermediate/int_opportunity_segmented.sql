-- The first rule that matches decides; a rule without a segment takes the field's own value as the segment.
with facts as (

    select
        opportunities.opportunity_id,
        accounts.employees as account_employees,
        trim(accounts.industry) as account_industry,
        trim(accounts.billing_country) as account_country,
        trim(accounts.account_type) as account_type,
        trim(owners.segment) as owner_segment,
        trim(owners.department) as owner_department
    from {{ ref('stg_salesforce__opportunity') }} as opportunities
    left join {{ ref('stg_salesforce__account') }} as accounts
        on
            opportunities.source = accounts.source
            and opportunities.source_account_id = accounts.source_account_id
    left join {{ ref('dim_user') }} as owners
        on
            opportunities.source = owners.source
            and opportunities.source_owner_id = owners.source_user_id
            and owners.is_current
    where not opportunities.is_deleted

),

valued as (

    select
        facts.opportunity_id,
        rules.rule_order,
        rules.field,
        rules.segment_id,
        rules.equals_value,
        rules.min_value,
        rules.max_value,
        case rules.field
            when 'account_employees' then cast(facts.account_employees as string)
            when 'account_industry' then facts.account_industry
            when 'account_country' then facts.account_country
            when 'account_type' then facts.account_type
            when 'owner_segment' then facts.owner_segment
            when 'owner_department' then facts.owner_department
        end as text_value,
        case rules.field when 'account_employees' then facts.account_employees end as number_value
    from facts
    cross join {{ source('config', 'segment_rule') }} as rules

),

ranked as (

    select
        valued.opportunity_id,
        coalesce(valued.segment_id, valued.text_value) as segment_id,
        row_number() over (partition by valued.opportunity_id order by valued.rule_order) as rule_rank
    from valued
    where
        {{ matches_segment_rule('valued', 'valued.text_value', 'valued.number_value') }}
        and coalesce(valued.segment_id, valued.text_value) is not null

),

-- An own value that spells a configured segment (by id or name) is that segment.
spelled as (

    select
        ranked.opportunity_id,
        min(segments.segment_id) as segment_id
    from ranked
    inner join {{ source('config', 'segment') }} as segments
        on
            lower(ranked.segment_id) = lower(segments.segment_id)
            or lower(ranked.segment_id) = lower(segments.segment_name)
    where ranked.rule_rank = 1
    group by ranked.opportunity_id

),

final as (

    select
        facts.opportunity_id,
        coalesce(spelled.segment_id, ranked.segment_id, 'unassigned') as segment_id
    from facts
    left join ranked
        on
            facts.opportunity_id = ranked.opportunity_id
            and ranked.rule_rank = 1
    left join spelled on facts.opportunity_id = spelled.opportunity_id

)

select * from final
