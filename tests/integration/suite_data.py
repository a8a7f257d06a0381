"""For every shipped rule: data that it passes (GOOD) and what makes it fail on top of that (BAD), by table."""

from __future__ import annotations

OPPORTUNITY = (
    "opportunity_id VARCHAR, source VARCHAR, source_opportunity_id VARCHAR, source_owner_id VARCHAR, pipeline_id VARCHAR, "
    "stage_name VARCHAR, amount DECIMAL(18,2), is_closed BOOLEAN, is_won BOOLEAN, is_deleted BOOLEAN, close_date DATE, "
    "created_at TIMESTAMP"
)
TABLES = {
    "config.run_context": "as_of DATE, reporting_currency VARCHAR",
    "config.stage": "source VARCHAR, pipeline_id VARCHAR, stage_name VARCHAR, stage_order INTEGER, stage_type VARCHAR",
    "staging.stg_salesforce__opportunity": OPPORTUNITY,
    "staging.stg_salesforce__lead": (
        "source VARCHAR, source_lead_id VARCHAR, email VARCHAR, is_converted BOOLEAN, converted_date DATE"
    ),
    "staging.stg_salesforce__contact": "source VARCHAR, source_contact_id VARCHAR, email VARCHAR",
    "staging.stg_salesforce__account": "source VARCHAR, source_account_id VARCHAR, account_name VARCHAR, employees BIGINT",
    "staging.stg_salesforce__user": (
        "source VARCHAR, source_user_id VARCHAR, user_id VARCHAR, manager_id VARCHAR, user_name VARCHAR"
    ),
    "staging.stg_encharge__people": "source VARCHAR, source_person_id VARCHAR, email VARCHAR",
    "staging.stg_hubspot__deals": (
        "source VARCHAR, source_deal_id VARCHAR, source_owner_id VARCHAR, pipeline_id VARCHAR, source_stage_id VARCHAR, "
        "amount DECIMAL(18,2), is_deleted BOOLEAN"
    ),
    "staging.stg_hubspot__contacts": "source VARCHAR, source_contact_id VARCHAR, email VARCHAR",
    "staging.stg_hubspot__companies": "source VARCHAR, source_company_id VARCHAR, employees BIGINT",
    "core.coverage": (
        "mart VARCHAR, rows BIGINT, verdict VARCHAR, missing_sources VARCHAR, missing_helping_sources VARCHAR, "
        "unlocked_by VARCHAR, best_next_export VARCHAR, best_next_marts BIGINT"
    ),
    "core.dim_date": "date_day DATE, calendar_year INTEGER",
    "core.fct_opportunity": (
        "opportunity_id VARCHAR, source VARCHAR, source_opportunity_id VARCHAR, currency VARCHAR, amount DECIMAL(18,2), "
        "amount_original DECIMAL(18,2), probability DOUBLE, is_closed BOOLEAN, is_won BOOLEAN, close_date DATE, "
        "closed_date DATE"
    ),
    "core.fct_activity": "activity_id VARCHAR, minutes DOUBLE",
    "core.fct_marketing_event": "event_id VARCHAR, event_at TIMESTAMP",
    "kpi.rep_activity_day": "user_id VARCHAR, date_day DATE, selling_minutes DOUBLE, selling_pct DOUBLE",
    "kpi.rep_performance_month": (
        "user_id VARCHAR, month_start DATE, win_rate DOUBLE, quota_assigned DECIMAL(18,2), quota_effective DECIMAL(18,2)"
    ),
    "kpi.team_performance_month": "scope_type VARCHAR, scope_id VARCHAR, month_start DATE, win_rate DOUBLE",
    "config.capacity_setting": ("horizon_months INTEGER, support_service_level DOUBLE, support_max_occupancy DOUBLE"),
    "core.dim_user": (
        "user_id VARCHAR, source VARCHAR, segment_id VARCHAR, is_rep BOOLEAN, is_active BOOLEAN, "
        "is_current BOOLEAN, end_date DATE"
    ),
    "config.score_setting": ("fit_share DOUBLE"),
    "config.structure_role": ("band VARCHAR, min_arr DOUBLE, max_arr DOUBLE"),
    "config.approver": ("approver_name VARCHAR, approver_role VARCHAR"),
    "core.dim_lead": ("lead_id VARCHAR, is_deleted BOOLEAN, is_converted BOOLEAN"),
    "core.dim_account": ("account_id VARCHAR, source VARCHAR, is_deleted BOOLEAN"),
    "demand.dim_series": ("series_id VARCHAR, parent_series_id VARCHAR, measure VARCHAR, level VARCHAR"),
    "demand.forecast_backtest": (
        "series_id VARCHAR, model VARCHAR, is_used BOOLEAN, mase DOUBLE, n INTEGER, smape DOUBLE, coverage_80 DOUBLE"
    ),
    "core.target": (
        "scope_type VARCHAR, scope_id VARCHAR, period_type VARCHAR, measure VARCHAR, version VARCHAR, "
        "amount DECIMAL(18,2), period_start DATE"
    ),
    "kpi.lead_funnel": (
        "cohort_month DATE, lead_source VARCHAR, segment_id VARCHAR, leads BIGINT, people BIGINT, "
        "companies BIGINT, mql BIGINT, mql_undated BIGINT"
    ),
    "kpi.icp_segment": (
        "dimension VARCHAR, segment_id VARCHAR, month_start DATE, won BIGINT, lost BIGINT, "
        "win_rate_shrunk DOUBLE, baseline_win_rate DOUBLE"
    ),
    "demand.lead_score": ("lead_id VARCHAR, fit DOUBLE, behaviour DOUBLE, score DOUBLE"),
    "demand.hot_lead": ("lead_id VARCHAR, alert_on DATE, owner_id VARCHAR, score DOUBLE, threshold DOUBLE, capacity INTEGER"),
    "demand.demand_series": ("series_id VARCHAR, period_start DATE, value DOUBLE, is_complete BOOLEAN"),
    "demand.demand_forecast": (
        "series_id VARCHAR, origin DATE, horizon INTEGER, model VARCHAR, is_used BOOLEAN, mean DOUBLE, "
        "p10 DOUBLE, p50 DOUBLE, p90 DOUBLE, period_start DATE"
    ),
    "demand.period_projection": (
        "scope_type VARCHAR, scope_id VARCHAR, period_type VARCHAR, period_start DATE, period_end DATE, "
        "on_day DATE, closed_amount DECIMAL(18,2), open_weighted_amount DECIMAL(18,2), "
        "other_won_amount DECIMAL(18,2), mean DECIMAL(18,2), p10 DECIMAL(18,2), p50 DECIMAL(18,2), "
        "p90 DECIMAL(18,2), backtest_wape DOUBLE, baseline_wape DOUBLE"
    ),
    "capacity.rep_capacity": (
        "segment_id VARCHAR, month_start DATE, reps_n INTEGER, street_quota DECIMAL(18,2), attainment DOUBLE, "
        "availability DOUBLE, survival DOUBLE, capacity DECIMAL(18,2)"
    ),
    "capacity.hiring_need": (
        "segment_id VARCHAR, role VARCHAR, month_start DATE, open_requisition_by DATE, gap DECIMAL(18,2), "
        "unit_capacity DECIMAL(18,2), hires BIGINT, is_recommended BOOLEAN"
    ),
    "capacity.support_staffing": (
        "queue VARCHAR, weekday INTEGER, interval_start VARCHAR, handle_seconds DOUBLE, occupancy DOUBLE, "
        "service_level DOUBLE, agents INTEGER, rostered INTEGER"
    ),
    "capacity.inventory_policy": (
        "item_id VARCHAR, location VARCHAR, safety_stock DOUBLE, reorder_point DOUBLE, order_quantity DOUBLE, "
        "lead_time_days DOUBLE"
    ),
    "plan.gap": (
        "segment_id VARCHAR, month_start DATE, demand_p50 DECIMAL(18,2), capacity DECIMAL(18,2), "
        "target DECIMAL(18,2), deliverable DECIMAL(18,2), unmet_demand DECIMAL(18,2), "
        "idle_capacity DECIMAL(18,2), gap_amount DECIMAL(18,2), binding_constraint VARCHAR, "
        "p_shortfall DOUBLE"
    ),
    "plan.lever": (
        "lever_id VARCHAR, effect_per_unit DECIMAL(18,2), months_to_pay_back DOUBLE, lead_time_days INTEGER, earliest_date DATE"
    ),
    "plan.team_structure": (
        "quarter_start DATE, on_day DATE, arr_usd DECIMAL(18,2), arr_band VARCHAR, roles_needed VARCHAR, "
        "roles_present VARCHAR, next_hire VARCHAR"
    ),
    "plan.rep_assignment": (
        "source VARCHAR, source_account_id VARCHAR, segment_id VARCHAR, to_user_id VARCHAR, to_source_user_id VARCHAR"
    ),
    "plan.decision": (
        "decision_id VARCHAR, event VARCHAR, event_order INTEGER, by_name VARCHAR, state VARCHAR, "
        "waiting_for VARCHAR, plan_hash VARCHAR, is_latest BOOLEAN"
    ),
}
RAW_DEAL = (
    'INSERT INTO raw.salesforce__opportunity (_source, _sha256, "Id", "StageName", "Amount", "IsClosed", "IsWon") VALUES '
)
SHA = "repeat('a', 64)"
CONFIG = [
    "INSERT INTO config.run_context VALUES ('2024-06-30', 'USD')",
    "INSERT INTO config.stage VALUES ('*', '*', 'Prospecting', 1, 'open'), ('*', '*', 'Closed Won', 2, 'won')",
    "INSERT INTO core.dim_date SELECT d, year(d) FROM range(DATE '2024-01-01', DATE '2024-07-01', INTERVAL 1 DAY) r (d)",
    "INSERT INTO config.capacity_setting VALUES (2, 0.8, 0.85)",
    "INSERT INTO config.score_setting VALUES (0.5)",
    "INSERT INTO config.structure_role VALUES ('small', NULL, 100), ('big', 100, NULL)",
    "INSERT INTO config.approver VALUES ('Ada', 'leader')",
]
GOOD = [
    RAW_DEAL + f"('s', {SHA}, 'a', 'Closed Won', 100.10, TRUE, TRUE), ('s', {SHA}, 'b', 'Prospecting', 50, NULL, NULL), "
    f"('s', {SHA}, 'c', 'closed WON', 7.07, NULL, NULL)",
    'INSERT INTO raw.salesforce__opportunity_history (_source, "Id", "CreatedDate", "Probability") '
    "VALUES ('s', 'h', '2024-01-01', 100)",
    "INSERT INTO raw.salesforce__task (_source, \"Id\", \"CallDurationInSeconds\") VALUES ('s', 't', 0), ('s', 'u', NULL)",
    'INSERT INTO raw.salesforce__event (_source, "Id", "StartDateTime", "EndDateTime") '
    "VALUES ('s', 'e', '2024-01-01', '2024-01-01')",
    "INSERT INTO raw.salesforce__forecasting_quota (_source, \"Id\", \"QuotaAmount\") VALUES ('s', 'q', 0)",
    "INSERT INTO raw.hr__employees (_source, employee_id, fte, hire_date, end_date) VALUES ('s', 'p', 0.8, '2020-01-01', NULL)",
    "INSERT INTO raw.encharge__events (_source, event_key, \"timestamp\") VALUES ('s', 'k', '2024-01-01')",
    "INSERT INTO staging.stg_salesforce__opportunity VALUES "
    "('1', 's', 'a', 'o', 'default', 'Closed Won', 100.10, TRUE, TRUE, FALSE, '2024-02-01', '2024-02-01 23:00:00'), "
    "('2', 's', 'b', 'o', 'default', 'Prospecting', 50, NULL, NULL, FALSE, '2024-08-01', '2024-01-01'), "
    "('3', 's', 'c', 'o', 'default', 'closed WON', 7.07, NULL, NULL, FALSE, '2024-03-01', '2024-01-01')",
    "INSERT INTO staging.stg_salesforce__lead VALUES ('s', 'l', 'a.b@c-d.co.uk', TRUE, '2024-01-01')",
    "INSERT INTO staging.stg_salesforce__lead VALUES ('s', 'm', NULL, FALSE, NULL)",
    "INSERT INTO staging.stg_salesforce__contact VALUES ('s', 'c', 'a+b@c.io')",
    "INSERT INTO staging.stg_salesforce__account VALUES ('s', 'a', 'Acme', 0)",
    "INSERT INTO staging.stg_salesforce__user VALUES ('s', 'u', '1', '2', 'Ann'), ('s', 'v', '2', NULL, 'Bob')",
    "INSERT INTO staging.stg_encharge__people VALUES ('s', 'p', 'x@y.de')",
    "INSERT INTO core.fct_opportunity VALUES "
    "('1', 's', 'a', 'USD', 100.10, 100.10, 1, TRUE, TRUE, '2024-02-01', '2024-02-01'), "
    "('2', 's', 'b', NULL, 50, 50, 0.1, FALSE, FALSE, '2024-06-30', NULL), "
    "('3', 's', 'c', 'USD', 7.07, 7.07, 1, TRUE, TRUE, '2024-03-01', '2024-03-01')",
    "INSERT INTO raw.hubspot__deals (_source, _sha256, hs_object_id, amount, hs_is_closed_won, hs_merged_object_ids) VALUES "
    f"('h', {SHA}, 'd', 9.99, TRUE, 'e;f'), ('h', {SHA}, 'f', 9.99, TRUE, NULL)",
    "INSERT INTO raw.hubspot__pipeline_stages (_source, pipeline_id, stage_id) VALUES ('h', 'default', 'closedwon')",
    "INSERT INTO staging.stg_hubspot__deals VALUES ('h', 'd', 'o', 'default', 'closedwon', 9.99, FALSE), "
    "('h', 'f', 'o', 'default', 'gone', 9.99, TRUE)",
    "INSERT INTO staging.stg_hubspot__contacts VALUES ('h', 'c', 'a+b@c.io')",
    "INSERT INTO staging.stg_hubspot__companies VALUES ('h', 'c', 0)",
    "INSERT INTO core.fct_opportunity VALUES ('4', 'h', 'd', 'USD', 9.99, 9.99, 1, TRUE, TRUE, '2024-03-01', '2024-03-01')",
    "INSERT INTO core.coverage VALUES ('rep_assignment', 2, 'complete', NULL, NULL, NULL, 'tickets', 1), "
    "('dim_contact', 0, 'no_source', 'contacts', NULL, 'contacts', 'tickets', 1)",
    "INSERT INTO core.fct_activity VALUES ('a', 0), ('b', 1440), ('c', NULL)",
    "INSERT INTO core.fct_marketing_event VALUES ('e', '2024-06-30 23:00:00')",
    "INSERT INTO kpi.rep_activity_day VALUES ('u', '2024-01-01', 480, 100), ('u', '2024-01-02', NULL, NULL)",
    "INSERT INTO kpi.rep_performance_month VALUES ('u', '2024-01-01', 1, 100, 100), ('v', '2024-01-01', NULL, NULL, NULL)",
    "INSERT INTO kpi.team_performance_month VALUES ('company', 'all', '2024-01-01', 0)",
    "INSERT INTO raw.erp__items (_source, item, lead_time_days, moq) VALUES ('s', 'i', 0, 0)",
    "INSERT INTO raw.erp__stock (_source, item, location, date, on_hand, on_order) VALUES ('s', 'i', 'l', '2024-01-01', 0, 0)",
    'INSERT INTO raw.erp__purchase_orders (_source, "order", item, ordered, received) '
    "VALUES ('s', 'o', 'i', '2024-01-01', '2024-01-01'), ('s', 'p', 'i', '2024-01-01', NULL)",
    "INSERT INTO raw.erp__sales_orders (_source, \"order\", line, price, date) VALUES ('s', 'o', '1', 0, '2024-01-01')",
    "INSERT INTO raw.finance__exchange_rates (_source, currency, date, rate) VALUES ('s', 'EUR', '2024-01-01', 1.1)",
    "INSERT INTO raw.finance__targets (_source, scope, period, measure, version, amount) "
    "VALUES ('s', 'company', '2024-Q1', 'bookings', '1', 0), ('s', 'segment:smb', '2024-01', 'bookings', '1', 5)",
    "INSERT INTO raw.support__tickets (_source, id, queue, created, closed, handle_minutes) "
    "VALUES ('s', 't', 'web', '2024-01-01', '2024-01-01', 0)",
    "INSERT INTO core.dim_user VALUES ('u', 's', 'smb', TRUE, TRUE, TRUE, '2024-07-01'), "
    "('v', 's', 'smb', TRUE, TRUE, TRUE, NULL)",
    "INSERT INTO core.dim_lead VALUES ('l', FALSE, FALSE), ('m', FALSE, FALSE)",
    "INSERT INTO core.dim_account SELECT chr(97 + CAST(n AS INTEGER)), 's', FALSE FROM range(4) r (n)",
    "INSERT INTO kpi.lead_funnel VALUES ('2024-01-01', 'web', 'smb', 5, 5, 5, 5, 0)",
    "INSERT INTO kpi.icp_segment VALUES ('segment', 'smb', '2024-01-01', 3, 1, 0.6, 0.5), "
    "('segment', 'big', '2024-01-01', 0, 1, 0.4, 0.5), ('country', 'unknown', '2024-01-01', 1, 0, 0.6, 0.5), "
    "('country', 'US', '2024-01-01', 2, 2, 0.5, 0.5)",
    "INSERT INTO demand.lead_score VALUES ('l', 0, 0, 0), ('m', 100, 100, 100)",
    "INSERT INTO demand.lead_score SELECT concat('n', n), 10, 0, 5 FROM range(18) r (n)",
    "INSERT INTO demand.hot_lead VALUES ('m', '2024-06-30', 'u', 100, 100, 1)",
    "INSERT INTO demand.dim_series VALUES ('t', NULL, 'leads', 'total'), ('s', 't', 'leads', 'segment')",
    "INSERT INTO demand.demand_series SELECT x, m, 5, TRUE FROM (VALUES ('t'), ('s')) a (x), "
    "(VALUES (DATE '2024-04-01'), (DATE '2024-05-01'), (DATE '2024-06-01')) b (m)",
    "INSERT INTO demand.forecast_backtest VALUES ('s', 'theta', TRUE, 1, 3, 2, 0.65), "
    "('s', 'seasonal_naive', FALSE, 1, 3, 0, 0), ('t', 'bottom_up', TRUE, 1, 3, 0, 0.65), "
    "('t', 'seasonal_naive', FALSE, 1, 3, 0, 1)",
    "INSERT INTO core.target VALUES ('rep', 'u', 'month', 'bookings', 'crm', 9, '2024-03-01'), "
    "('company', 'all', 'quarter', 'bookings', 'finance:1', 100, '2024-01-01'), "
    "('segment', 'smb', 'quarter', 'bookings', 'finance:1', 99, '2024-01-01'), "
    "('company', 'all', 'year', 'bookings', 'finance:1', 400, '2024-01-01')",
    "INSERT INTO demand.demand_forecast VALUES "
    "('s', '2024-06-01', 1, 'theta', TRUE, 15, 15, 15, 15, '2024-07-01'), "
    "('s', '2024-06-01', 1, 'seasonal_naive', FALSE, 1, 0, 1, 2, '2024-07-01'), "
    "('t', '2024-06-01', 1, 'bottom_up', TRUE, 15, 14, 15, 16, '2024-07-01')",
    "INSERT INTO demand.period_projection VALUES "
    "('company', 'all', 'month', '2024-06-01', '2024-06-30', '2024-06-30', 5, 1, 1, 7, 5, 5, 5, 0.1, 0.1), "
    "('company', 'all', 'quarter', '2024-07-01', '2024-09-30', '2024-06-30', 5, 6, NULL, 20, NULL, NULL, NULL, NULL, NULL)",
    "INSERT INTO capacity.rep_capacity VALUES ('smb', '2024-07-01', 2, 100, 0.8, 0.9, 1, 72), "
    "('smb', '2024-08-01', 2, 100, 0.8, 0.9, 0.5, 36)",
    "INSERT INTO capacity.hiring_need VALUES ('smb', 'AE', '2024-08-01', '2024-06-30', 20, 10, 2, TRUE), "
    "('smb', 'AE', '2024-09-01', '2024-07-30', 20, 0, NULL, FALSE)",
    "INSERT INTO capacity.support_staffing VALUES ('web', 1, '09:00', 180, 0.85, 0.8, 2, 2)",
    "INSERT INTO capacity.inventory_policy VALUES ('i', 'l', 5, 5, 0, 0)",
    "INSERT INTO plan.gap VALUES ('smb', '2024-07-01', 10, 8, 9, 8, 2, 0, 1, 'sales capacity', 0.6), "
    "('smb', '2024-08-01', 8, 10, 8, 8, 0, 2, 0, 'none', 0.05), "
    "('big', '2024-06-01', NULL, 10, NULL, NULL, NULL, NULL, NULL, 'unknown', NULL)",
    "INSERT INTO plan.lever VALUES ('hire', 1, 36, 3, '2024-07-03'), ('fix', NULL, NULL, 0, '2024-06-30')",
    "INSERT INTO plan.team_structure VALUES ('2024-01-01', '2024-03-31', 99.99, 'small', 'ops', 'ops', NULL), "
    "('2024-04-01', '2024-06-30', 100, 'big', 'ops, coach', 'ops', 'coach')",
    "INSERT INTO plan.rep_assignment VALUES ('s', 'a', 'smb', 'u', 'U'), ('s', 'b', 'smb', 'v', 'V')",
    "INSERT INTO plan.decision VALUES (NULL, 'draft', 0, NULL, 'draft', 'submission', 'h', TRUE), "
    "('d', 'submitted', 1, 'Cy', 'submitted', 'Ada (leader)', 'g', FALSE), "
    "('d', 'approved', 2, 'Ada', 'approved', '', 'g', FALSE), ('d', 'implemented', 3, 'Di', 'implemented', '', 'g', TRUE), "
    "('e', 'submitted', 1, 'Cy', 'submitted', 'Ada (leader)', 'f', TRUE)",
]
# What makes each rule fail, on top of GOOD.
BAD = {
    "raw_opportunity_stage_is_given": RAW_DEAL + f"('s', {SHA}, 'x', NULL, 1, FALSE, FALSE)",
    "raw_opportunity_won_is_closed": RAW_DEAL + f"('s', {SHA}, 'x', 'Closed Won', 1, FALSE, TRUE)",
    "raw_opportunity_file_is_known": RAW_DEAL + "('s', 'typed by hand', 'x', 'Prospecting', 1, FALSE, FALSE)",
    "raw_opportunity_history_is_dated": 'UPDATE raw.salesforce__opportunity_history SET "CreatedDate" = NULL',
    "raw_opportunity_history_probability_is_a_percentage": 'UPDATE raw.salesforce__opportunity_history SET "Probability" = 101',
    "raw_task_call_is_not_negative": 'UPDATE raw.salesforce__task SET "CallDurationInSeconds" = -1',
    "raw_event_ends_after_it_starts": "UPDATE raw.salesforce__event SET \"EndDateTime\" = '2023-12-31'",
    "raw_quota_is_not_negative": 'UPDATE raw.salesforce__forecasting_quota SET "QuotaAmount" = -0.01',
    "raw_employee_fte_is_a_share": "UPDATE raw.hr__employees SET fte = 80",
    "raw_employee_leaves_after_hire": "UPDATE raw.hr__employees SET end_date = '2019-12-31'",
    "raw_marketing_event_is_dated": 'UPDATE raw.encharge__events SET "timestamp" = NULL',
    "stg_opportunity_stage_without_flags_is_known": "UPDATE {deals} SET stage_name = 'New' WHERE is_closed IS NULL",
    "stg_opportunity_stage_is_known": "UPDATE {deals} SET stage_name = 'New' WHERE is_closed",
    "stg_opportunity_amount_is_not_negative": "UPDATE {deals} SET amount = -1",
    "stg_opportunity_has_an_owner": "UPDATE {deals} SET source_owner_id = NULL",
    "stg_opportunity_closes_after_creation": "UPDATE {deals} SET close_date = '2023-01-01'",
    "stg_opportunity_reconciles_with_export": "UPDATE {deals} SET amount = amount + 0.01 WHERE is_won",
    "stg_lead_email_is_an_address": "UPDATE staging.stg_salesforce__lead SET email = 'ann at example.com'",
    "stg_lead_conversion_is_dated": "UPDATE staging.stg_salesforce__lead SET converted_date = NULL",
    "stg_contact_email_is_an_address": "UPDATE staging.stg_salesforce__contact SET email = 'a@b'",
    "stg_person_email_is_an_address": "UPDATE staging.stg_encharge__people SET email = 'a@b@c.de'",
    "stg_account_is_named": "UPDATE staging.stg_salesforce__account SET account_name = NULL",
    "stg_account_employees_are_not_negative": "UPDATE staging.stg_salesforce__account SET employees = -1",
    "stg_user_is_nobodys_own_manager": "UPDATE staging.stg_salesforce__user SET manager_id = user_id",
    "mart_calendar_covers_a_month": "DELETE FROM core.dim_date WHERE date_day > '2024-01-27'",
    "mart_calendar_is_plausible": "INSERT INTO core.dim_date VALUES ('0202-01-01', 202)",
    "mart_won_deal_has_an_amount": "UPDATE core.fct_opportunity SET amount_original = 0 WHERE is_won",
    "mart_open_deal_closes_in_the_future": "UPDATE core.fct_opportunity SET close_date = '2024-06-29' WHERE NOT is_closed",
    "mart_closed_deal_closed_in_the_past": "UPDATE core.fct_opportunity SET closed_date = '2024-07-01' WHERE is_closed",
    "mart_probability_is_a_share": "UPDATE core.fct_opportunity SET probability = 10 WHERE NOT is_closed",
    "mart_currency_has_a_rate": "UPDATE core.fct_opportunity SET currency = 'EUR', amount = NULL WHERE NOT is_closed",
    "mart_won_amount_reconciles_with_export": "UPDATE core.fct_opportunity SET amount = 7.06 WHERE opportunity_id = '3'",
    "mart_hubspot_won_deal_reconciles_with_export": (
        "UPDATE core.fct_opportunity SET amount_original = 9.98, amount = 9.98 WHERE opportunity_id = '4'"
    ),
    "stg_hubspot_deal_stage_is_known": "UPDATE staging.stg_hubspot__deals SET source_stage_id = 'new'",
    "stg_hubspot_deal_amount_is_not_negative": "UPDATE staging.stg_hubspot__deals SET amount = -1",
    "stg_hubspot_deal_has_an_owner": "UPDATE staging.stg_hubspot__deals SET source_owner_id = NULL",
    "stg_hubspot_deal_reconciles_with_export": "DELETE FROM staging.stg_hubspot__deals WHERE is_deleted",
    "stg_hubspot_contact_email_is_an_address": "UPDATE staging.stg_hubspot__contacts SET email = 'a@b'",
    "stg_hubspot_company_employees_are_not_negative": "UPDATE staging.stg_hubspot__companies SET employees = -1",
    "mart_coverage_verdict_follows_from_its_row": "UPDATE core.coverage SET verdict = 'no_rows' WHERE mart = 'dim_contact'",
    "mart_coverage_knows_what_would_help_where_something_is_missing": "UPDATE core.coverage SET best_next_export = NULL",
    "mart_activity_minutes_are_not_negative": "UPDATE core.fct_activity SET minutes = -1",
    "mart_activity_fits_in_a_day": "UPDATE core.fct_activity SET minutes = 1441",
    "mart_selling_share_is_plausible": "UPDATE kpi.rep_activity_day SET selling_pct = 101",
    "mart_rep_win_rate_is_a_share": "UPDATE kpi.rep_performance_month SET win_rate = 63.15",
    "mart_rep_quota_is_plausible": "UPDATE kpi.rep_performance_month SET quota_effective = quota_assigned + 1",
    "mart_team_win_rate_is_a_share": "UPDATE kpi.team_performance_month SET win_rate = -0.1",
    "mart_marketing_event_is_not_in_the_future": "UPDATE core.fct_marketing_event SET event_at = '2024-07-03'",
    "raw_item_lead_time_is_plausible": "UPDATE raw.erp__items SET lead_time_days = 731",
    "raw_item_smallest_order_is_not_negative": "UPDATE raw.erp__items SET moq = -1",
    "raw_purchase_arrives_after_it_is_ordered": "UPDATE raw.erp__purchase_orders SET received = '2023-12-31'",
    "raw_sales_order_price_is_not_negative": "UPDATE raw.erp__sales_orders SET price = -0.01",
    "raw_sales_order_is_dated": "UPDATE raw.erp__sales_orders SET date = NULL",
    "raw_stock_is_not_negative": "UPDATE raw.erp__stock SET on_hand = -1",
    "raw_stock_on_order_is_not_negative": "UPDATE raw.erp__stock SET on_order = -1",
    "raw_exchange_rate_is_positive": "UPDATE raw.finance__exchange_rates SET rate = 0",
    "raw_exchange_rate_is_given": "UPDATE raw.finance__exchange_rates SET rate = NULL",
    "raw_target_is_not_negative": "UPDATE raw.finance__targets SET amount = -1",
    "raw_target_scope_is_known": "UPDATE raw.finance__targets SET scope = 'smb'",
    "raw_target_period_is_known": "UPDATE raw.finance__targets SET period = '2024-13'",
    "raw_ticket_is_closed_after_it_is_created": "UPDATE raw.support__tickets SET closed = '2023-12-31'",
    "raw_ticket_handling_time_is_possible": "UPDATE raw.support__tickets SET handle_minutes = -1",
    "raw_ticket_names_its_queue": "UPDATE raw.support__tickets SET queue = NULL",
    "mart_funnel_people_fit_into_their_leads": "UPDATE kpi.lead_funnel SET companies = 6",
    "mart_funnel_leads_were_created_by_now": "UPDATE kpi.lead_funnel SET cohort_month = '2024-07-01'",
    "mart_funnel_qualified_leads_are_dated": "UPDATE kpi.lead_funnel SET mql_undated = 1",
    "mart_icp_counts_each_deal_in_every_dimension": "UPDATE kpi.icp_segment SET won = won + 1 WHERE dimension = 'country'",
    "mart_icp_shrunk_rate_lies_between_own_and_company": "UPDATE kpi.icp_segment SET win_rate_shrunk = 0.9",
    "mart_icp_customers_are_described": "UPDATE kpi.icp_segment SET segment_id = 'unknown' WHERE dimension = 'segment'",
    "mart_lead_score_is_within_its_scale": "UPDATE demand.lead_score SET fit = 101",
    "mart_lead_score_weighs_fit_and_behaviour": "UPDATE demand.lead_score SET score = score + 0.01",
    "mart_lead_score_is_not_of_closed_leads": "UPDATE core.dim_lead SET is_converted = TRUE",
    "mart_lead_scores_tell_leads_apart": "UPDATE demand.lead_score SET score = 5",
    "mart_hot_leads_can_all_be_called": "UPDATE demand.hot_lead SET capacity = 0",
    "mart_hot_leads_are_the_best_open_ones": "UPDATE demand.hot_lead SET lead_id = 'l', threshold = 50",
    "mart_hot_lead_has_an_owner": "UPDATE demand.hot_lead SET owner_id = NULL",
    "mart_demand_series_have_every_month": "DELETE FROM demand.demand_series WHERE period_start = '2024-05-01'",
    "mart_demand_segments_add_up_to_their_total": "UPDATE demand.demand_series SET value = 6 WHERE series_id = 's'",
    "mart_demand_is_not_negative": "UPDATE demand.demand_series SET value = -1",
    "mart_forecast_quantiles_are_in_order": "UPDATE demand.demand_forecast SET p10 = 30",
    "mart_forecast_uses_one_model": "UPDATE demand.demand_forecast SET is_used = TRUE",
    "mart_forecast_used_model_beat_the_baseline": "UPDATE demand.forecast_backtest SET mase = 1.1 WHERE is_used",
    "mart_forecast_follows_the_last_complete_month": "UPDATE demand.demand_forecast SET period_start = '2024-08-01'",
    "mart_forecast_segments_add_up_to_their_total": "UPDATE demand.demand_forecast SET mean = 14 WHERE series_id = 's'",
    "mart_forecast_is_within_reach_of_the_past": "UPDATE demand.demand_forecast SET mean = 16",
    "mart_backtest_compares_models_on_the_same_months": "UPDATE demand.forecast_backtest SET n = 4 WHERE is_used",
    "mart_backtest_measures_are_possible": "UPDATE demand.forecast_backtest SET smape = 2.01",
    "mart_backtest_intervals_hold_what_they_say": "UPDATE demand.forecast_backtest SET coverage_80 = 0.64",
    "mart_quotas_have_a_target_above_them": (
        "INSERT INTO core.target VALUES ('rep', 'u', 'month', 'bookings', 'crm', 9, '2025-01-01')"
    ),
    "mart_segment_targets_add_up_to_the_companys": "UPDATE core.target SET amount = 98.99 WHERE scope_type = 'segment'",
    "mart_projection_is_the_sum_of_its_parts": "UPDATE demand.period_projection SET mean = 8",
    "mart_projection_quantiles_are_in_order": "UPDATE demand.period_projection SET p10 = 6",
    "mart_projection_is_of_today": "UPDATE demand.period_projection SET on_day = '2024-06-29'",
    "mart_projection_beats_repeating_the_mean": "UPDATE demand.period_projection SET backtest_wape = 0.2 WHERE mean = 7",
    "mart_rep_capacity_is_not_negative": "UPDATE capacity.rep_capacity SET capacity = -1",
    "mart_rep_capacity_follows_from_its_factors": "UPDATE capacity.rep_capacity SET capacity = 80",
    "mart_rep_capacity_covers_every_month_of_the_horizon": "DELETE FROM capacity.rep_capacity WHERE month_start = '2024-08-01'",
    "mart_rep_attainment_is_plausible": "UPDATE capacity.rep_capacity SET attainment = 80",
    "mart_hires_are_not_negative": "UPDATE capacity.hiring_need SET hires = -1",
    "mart_hires_close_the_gap_and_no_more": "UPDATE capacity.hiring_need SET hires = 4 WHERE hires = 2",
    "mart_recommended_hires_can_still_be_found": "UPDATE capacity.hiring_need SET open_requisition_by = '2024-06-29'",
    "mart_hires_can_be_taken_in": "UPDATE capacity.rep_capacity SET reps_n = 1",
    "mart_support_service_level_is_reached": "UPDATE capacity.support_staffing SET service_level = 0.79",
    "mart_support_occupancy_is_within_its_maximum": "UPDATE capacity.support_staffing SET occupancy = 0.86",
    "mart_support_roster_covers_the_agents": "UPDATE capacity.support_staffing SET rostered = 1",
    "mart_support_handling_time_is_plausible": "UPDATE capacity.support_staffing SET handle_seconds = 3",
    "mart_reorder_point_covers_safety_stock": "UPDATE capacity.inventory_policy SET reorder_point = 4",
    "mart_order_quantity_is_not_negative": "UPDATE capacity.inventory_policy SET order_quantity = -1",
    "mart_lead_time_is_plausible": "UPDATE capacity.inventory_policy SET lead_time_days = 731",
    "mart_gap_delivers_the_lesser_of_demand_and_capacity": "UPDATE plan.gap SET deliverable = 8.01",
    "mart_gap_is_what_the_target_lacks": "UPDATE plan.gap SET gap_amount = 1.01",
    "mart_gap_shortfall_agrees_with_its_median": "UPDATE plan.gap SET p_shortfall = 0.4",
    "mart_gap_is_known": "UPDATE plan.gap SET deliverable = NULL",
    "mart_lever_works_after_its_lead_time": "UPDATE plan.lever SET lead_time_days = 4",
    "mart_lever_effect_is_within_capacity": "UPDATE plan.lever SET effect_per_unit = 10",
    "mart_lever_pays_back_in_time": "UPDATE plan.lever SET months_to_pay_back = 37",
    "mart_structure_has_every_quarter": "UPDATE plan.team_structure SET quarter_start = '2023-10-01' WHERE arr_usd < 100",
    "mart_structure_band_holds_the_size": "UPDATE plan.team_structure SET arr_usd = 100",
    "mart_structure_next_hire_is_a_missing_role": "UPDATE plan.team_structure SET next_hire = 'ops'",
    "mart_structure_size_is_known": "UPDATE plan.team_structure SET arr_usd = NULL",
    "mart_new_owner_is_active": "UPDATE core.dim_user SET end_date = '2024-06-30'",
    "mart_accounts_of_a_segment_are_dealt_evenly": (
        "INSERT INTO plan.rep_assignment SELECT 's', n, 'smb', 'u', 'U' FROM range(2) r (n)"
    ),
    "mart_most_accounts_keep_their_owner": "UPDATE core.dim_account SET is_deleted = account_id > 'b'",
    "mart_decision_is_signed_by_somebody_else": "UPDATE plan.decision SET by_name = 'Ada'",
    "mart_decision_is_carried_out_only_after_approval": "UPDATE plan.decision SET state = 'submitted'",
    "mart_decision_has_one_latest_event": "UPDATE plan.decision SET is_latest = TRUE",
    "mart_decision_waits_for_somebody_known": "UPDATE plan.decision SET waiting_for = 'Bo (friend)'",
}
