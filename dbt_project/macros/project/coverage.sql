{#-
    What a company can export, and the raw tables that hold it: `tables`, any of which will do, and `links`, which only complete those.
    A test holds this against the lineage: each raw table that a mart is made of is in here.
-#}
{% macro coverage_exports() -%}
    {{ return({
        'users': {'tables': ['salesforce__user', 'hubspot__owners'], 'links': ['hubspot__teams', 'hubspot__owner_teams']},
        'accounts': {'tables': ['salesforce__account', 'hubspot__companies']},
        'contacts': {
            'tables': ['salesforce__contact', 'hubspot__contacts'],
            'links': ['hubspot__associations_contacts_companies'],
        },
        'leads': {'tables': ['salesforce__lead', 'hubspot__contacts']},
        'lead history': {'tables': ['salesforce__lead_history', 'hubspot__property_history']},
        'deals': {
            'tables': ['salesforce__opportunity', 'hubspot__deals'],
            'links': [
                'hubspot__pipeline_stages', 'hubspot__associations_deals_companies', 'hubspot__associations_deals_contacts',
            ],
        },
        'deal history': {
            'tables': ['salesforce__opportunity_history', 'hubspot__deal_stage_history', 'hubspot__property_history'],
        },
        'deal lines': {
            'tables': ['salesforce__opportunity_line_item', 'hubspot__line_items'],
            'links': ['hubspot__associations_deals_line_items'],
        },
        'products': {'tables': ['salesforce__product2', 'hubspot__line_items']},
        'activities': {
            'tables': [
                'salesforce__task', 'salesforce__event',
                'hubspot__calls', 'hubspot__emails', 'hubspot__meetings', 'hubspot__tasks',
            ],
            'links': ['hubspot__associations_engagements'],
        },
        'quotas': {'tables': ['salesforce__forecasting_quota', 'hubspot__goals']},
        'targets': {'tables': ['finance__targets']},
        'exchange rates': {'tables': ['finance__exchange_rates']},
        'employees': {'tables': ['hr__employees']},
        'marketing people': {'tables': ['encharge__people']},
        'marketing events': {'tables': ['encharge__events']},
        'items': {'tables': ['erp__items']},
        'stock': {'tables': ['erp__stock']},
        'purchase orders': {'tables': ['erp__purchase_orders']},
        'sales orders': {'tables': ['erp__sales_orders']},
        'tickets': {'tables': ['support__tickets']},
    }) }}
{%- endmacro %}

{#- Every mart: the column that says how new it is, and the exports without which it says nothing (of `a|b` one is enough). -#}
{% macro coverage_marts() -%}
    {{ return({
        'dim_date': {'date': 'date_day', 'needs': []},
        'dim_user': {'date': 'created_date', 'needs': ['users']},
        'bridge_team': {'needs': ['users']},
        'dim_account': {'date': 'created_date', 'needs': ['accounts']},
        'dim_contact': {'date': 'created_date', 'needs': ['contacts']},
        'dim_lead': {'date': 'created_date', 'needs': ['leads']},
        'dim_product': {'needs': ['products']},
        'dim_stage': {'needs': ['deals']},
        'dim_segment': {'needs': []},
        'fct_opportunity': {'date': 'created_date', 'needs': ['deals']},
        'fct_opportunity_line': {'date': 'service_date', 'needs': ['deals', 'deal lines']},
        'fct_opportunity_credit': {'needs': ['deals']},
        'fct_activity': {'date': 'local_day', 'needs': ['activities']},
        'fct_marketing_event': {'date': 'event_at', 'needs': ['marketing events']},
        'target': {'date': 'period_start', 'needs': ['quotas|targets']},
        'daily_sales': {'date': 'date_day', 'needs': ['deals']},
        'rep_activity_day': {'date': 'date_day', 'needs': ['deals', 'activities']},
        'rep_performance_month': {'date': 'month_start', 'needs': ['deals']},
        'team_performance_month': {'date': 'month_start', 'needs': ['deals']},
        'lead_funnel': {'date': 'cohort_month', 'needs': ['leads']},
        'icp_segment': {'date': 'month_start', 'needs': ['deals']},
        'lead_score': {'date': 'scored_on', 'needs': ['leads']},
        'hot_lead': {'date': 'alert_on', 'needs': ['leads']},
        'dim_series': {'needs': ['deals|leads|sales orders']},
        'demand_series': {'date': 'period_start', 'needs': ['deals|leads|sales orders']},
        'demand_forecast': {'date': 'origin', 'needs': ['deals|leads|sales orders']},
        'forecast_backtest': {'needs': ['deals|leads|sales orders']},
        'period_projection': {'date': 'on_day', 'needs': ['deals']},
        'rep_capacity': {'date': 'month_start', 'needs': ['deals']},
        'hiring_need': {'date': 'month_start', 'needs': ['deals', 'targets']},
        'support_staffing': {'needs': ['tickets']},
        'inventory_policy': {'needs': ['items', 'stock']},
        'gap': {'date': 'month_start', 'needs': ['deals', 'targets']},
        'lever': {'date': 'earliest_date', 'needs': ['deals', 'targets']},
        'team_structure': {'date': 'on_day', 'needs': ['deals']},
        'rep_assignment': {'needs': ['accounts', 'users']},
        'decision': {'date': 'plan_as_of', 'needs': []},
    }) }}
{%- endmacro %}

{#-
    The raw tables that a model is made of, by dbt's own lineage, which is known once the project is parsed. What planning computes is a
    source to dbt, and says itself what it is made of.
-#}
{% macro raw_tables_of(model) -%}
    {%- set found, waiting, seen = [], ['model.salesops.' ~ model], {} -%}
    {%- if execute -%}
        {%- for step in range(100000) if waiting -%}
            {%- set node = waiting.pop() -%}
            {%- if node.startswith('source.salesops.raw.') -%}
                {%- do found.append(node.split('.')[-1]) -%}
            {%- endif -%}
            {%- set parents = [] -%}
            {%- if node in graph.nodes -%}
                {%- do parents.extend(graph.nodes[node].depends_on.nodes) -%}
            {%- elif node in graph.sources -%}
                {%- for name in graph.sources[node].config.meta.get('made_of', []) -%}
                    {%- do parents.append('model.salesops.' ~ name) -%}
                {%- endfor -%}
            {%- endif -%}
            {%- for parent in parents if parent not in seen -%}
                {%- do seen.update({parent: true}) -%}
                {%- do waiting.append(parent) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found | sort) }}
{%- endmacro %}
