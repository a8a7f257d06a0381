"""Every shipped rule passes on data that is right and fails on data that is not; no rule is without its two fixtures."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest
import yaml

from expectations.gate import run_gate
from expectations.rules import LAYERS, Rule, load_suites
from expectations.verdict import GateResult, Status

ROOT = Path(__file__).parents[2]
RULES = {rule.name: rule for rule in load_suites()}

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
}
RAW_DEAL = (
    'INSERT INTO raw.salesforce__opportunity (_source, _sha256, "Id", "StageName", "Amount", "IsClosed", "IsWon") VALUES '
)
SHA = "repeat('a', 64)"
CONFIG = [
    "INSERT INTO config.run_context VALUES ('2024-06-30', 'USD')",
    "INSERT INTO config.stage VALUES ('*', '*', 'Prospecting', 1, 'open'), ('*', '*', 'Closed Won', 2, 'won')",
    "INSERT INTO core.dim_date SELECT d, year(d) FROM range(DATE '2024-01-01', DATE '2024-07-01', INTERVAL 1 DAY) r (d)",
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
    "INSERT INTO core.fct_activity VALUES ('a', 0), ('b', 1440), ('c', NULL)",
    "INSERT INTO core.fct_marketing_event VALUES ('e', '2024-06-30 23:00:00')",
    "INSERT INTO kpi.rep_activity_day VALUES ('u', '2024-01-01', 480, 100), ('u', '2024-01-02', NULL, NULL)",
    "INSERT INTO kpi.rep_performance_month VALUES ('u', '2024-01-01', 1, 100, 100), ('v', '2024-01-01', NULL, NULL, NULL)",
    "INSERT INTO kpi.team_performance_month VALUES ('company', 'all', '2024-01-01', 0)",
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
    "mart_activity_minutes_are_not_negative": "UPDATE core.fct_activity SET minutes = -1",
    "mart_activity_fits_in_a_day": "UPDATE core.fct_activity SET minutes = 1441",
    "mart_selling_share_is_plausible": "UPDATE kpi.rep_activity_day SET selling_pct = 101",
    "mart_rep_win_rate_is_a_share": "UPDATE kpi.rep_performance_month SET win_rate = 63.15",
    "mart_rep_quota_is_plausible": "UPDATE kpi.rep_performance_month SET quota_effective = quota_assigned + 1",
    "mart_team_win_rate_is_a_share": "UPDATE kpi.team_performance_month SET win_rate = -0.1",
    "mart_marketing_event_is_not_in_the_future": "UPDATE core.fct_marketing_event SET event_at = '2024-07-03'",
}


def build(path: Path, statements: list[str]) -> Path:
    canonical = yaml.safe_load((ROOT / "ingestion/canonical.yml").read_text(encoding="utf-8"))
    with duckdb.connect(str(path)) as connection:
        for schema in ("raw", "config", "staging", "core", "kpi"):
            connection.execute(f"CREATE SCHEMA {schema}")
        for name, listed in canonical["objects"].items():
            namespace, title = name.split(".")
            snake = "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(title))
            pairs = [column.split() for column in listed["columns"].split(",")]
            columns = ", ".join(f'"{column}" {canonical["types"][kind]}' for column, kind in pairs)
            technical = "_source VARCHAR, _extract_time TIMESTAMP, _sha256 VARCHAR, _extra VARCHAR"
            connection.execute(f"CREATE TABLE raw.{namespace}__{snake} ({columns}, {technical})")
        for table, columns in TABLES.items():
            connection.execute(f"CREATE TABLE {table} ({columns})")
        for statement in statements:
            connection.execute(statement)
    return path


def gates(path: Path, out: Path, rules: list[Rule]) -> list[GateResult]:
    return [run_gate(path, layer, rules, {}, out) for layer in LAYERS if any(rule.layer == layer for rule in rules)]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("good") / "build.duckdb", [*CONFIG, *GOOD])


def test_every_shipped_rule_has_data_that_fails_it() -> None:
    assert BAD.keys() == RULES.keys()


def test_right_data_passes_every_rule(good: Path, tmp_path: Path) -> None:
    results = [result for gate in gates(good, tmp_path, list(RULES.values())) for result in gate.results]
    assert {result.name for result in results} == RULES.keys()
    assert [f"{r.name}: {r.status} {r.detail}" for r in results if r.status is not Status.PASSED] == []
    # A rule that found nothing to look at would pass for the wrong reason.
    assert [r.name for r in results if "no rows" in r.detail or "no value" in r.detail] == []


def test_a_company_that_lacks_every_object_passes(tmp_path: Path) -> None:
    path = build(tmp_path / "build.duckdb", CONFIG)
    results = [result for gate in gates(path, tmp_path, list(RULES.values())) for result in gate.results]
    assert [f"{r.name}: {r.status} {r.detail}" for r in results if r.status is not Status.PASSED] == []


@pytest.mark.parametrize("name", sorted(BAD))
def test_wrong_data_fails_the_rule_meant_for_it(good: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "build.duckdb"
    shutil.copyfile(good, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(BAD[name].replace("{deals}", "staging.stg_salesforce__opportunity"))
    rule = RULES[name]
    (verdict,) = gates(path, tmp_path / "out", [rule])
    (result,) = verdict.results
    blocks = rule.severity == "error" or rule.max_failure_rate is not None
    assert result.status is (Status.FAILED if blocks else Status.WARNED), result.detail
    if result.failed_rows is not None:
        assert result.failed_rows > 0
        assert Path(f"{result.failing_rows}.csv").exists()
