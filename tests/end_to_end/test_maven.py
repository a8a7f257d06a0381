"""A real export of another CRM, by YAML alone: exact totals, and the same marts from its spreadsheet variant."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from serving.query import query
from tests.end_to_end.conftest import Command, SampleRun
from warehouse.home import Home


@pytest.fixture(scope="module")
def facts(real_data: Path) -> dict[str, Any]:
    return dict(json.loads((real_data / "golden_facts.json").read_text())["maven_crm"])


def ask(run: SampleRun, sql: str) -> list[dict[str, Any]]:
    return list(query(run.home.serving, sql).to_pylist())


def test_the_totals_are_exact(maven_run: SampleRun, facts: dict[str, Any]) -> None:
    (row,) = ask(
        maven_run,
        "select count(*) as n, count(*) filter (where is_won) as won, "
        "count(*) filter (where is_closed and not is_won) as lost, "
        "sum(amount) filter (where is_won) as revenue, avg(cycle_days) filter (where is_closed) as days, "
        "count(*) filter (where not is_closed and account_id is null) as orphans from core.fct_opportunity",
    )
    assert (row["n"], row["won"], row["lost"]) == (facts["opportunities"], facts["won"], facts["lost"])
    assert row["revenue"] == Decimal(str(facts["won_value"]))
    assert row["orphans"] == facts["open_without_account"]
    assert row["days"] == pytest.approx(facts["mean_cycle_days_closed"], rel=1e-12)
    (team,) = ask(
        maven_run, "select sum(won_n) / sum(win_rate_den) as rate from kpi.team_performance_month where is_default_scope"
    )
    assert round(100 * team["rate"], 2) == 63.15


def test_quarters_managers_and_offices_are_exact(maven_run: SampleRun, facts: dict[str, Any]) -> None:
    quarters = ask(
        maven_run,
        "select calendar_year || 'Q' || calendar_quarter as name, sum(revenue) as v from kpi.daily_sales "
        "join core.dim_date using (date_day) group by 1 having sum(revenue) > 0",
    )
    assert {row["name"]: float(row["v"]) for row in quarters} == facts["won_value_by_close_quarter"]
    for scope, key, ending in (("team", "won_value_by_manager", ""), ("segment", "won_value_by_office", " office")):
        rows = ask(
            maven_run,
            f"select scope_name as name, sum(bookings) as v from kpi.team_performance_month where scope_type = '{scope}' "
            "group by 1 having sum(bookings) > 0",
        )
        assert {row["name"].removesuffix(ending): float(row["v"]) for row in rows} == facts[key]


def test_the_catalogue_spelling_is_resolved(maven_run: SampleRun, facts: dict[str, Any]) -> None:
    rows = ask(
        maven_run,
        "select product_name as name, count(*) as n from core.fct_opportunity_line "
        "left join core.dim_product using (product_id) group by 1",
    )
    counts = {row["name"]: row["n"] for row in rows}
    assert counts["GTX Pro"] == facts["product_not_in_catalogue"]["GTXPro"]
    assert None not in counts
    assert "GTXPro" not in counts


def test_agents_without_deals_have_rows_and_a_rate_without_amounts_is_null(maven_run: SampleRun, facts: dict[str, Any]) -> None:
    (row,) = ask(
        maven_run,
        "select count(*) as reps, count(*) filter (where total = 0) as idle from (select user_id, "
        "sum(won_n + lost_n) as total from kpi.rep_performance_month group by user_id)",
    )
    assert (row["reps"], row["idle"]) == (35, facts["agents_without_deals"])
    for table in ("rep_performance_month", "team_performance_month"):
        assert ask(maven_run, f"select count(win_rate_amount) as n from kpi.{table}") == [{"n": 0}]


def test_the_spreadsheet_variant_publishes_equal_marts(
    maven_run: SampleRun, real_data: Path, salesops: Command, tmp_path: Path
) -> None:
    home = Home(tmp_path)
    salesops("run", "--home", home.root, "--sources", "examples/maven_crm_mdy", "--inbox", real_data / "maven_crm")
    from serving.publish import current

    one, other = current(maven_run.home.serving), current(home.serving)
    assert one is not None
    assert other is not None
    assert {t.full_name: (t.rows, t.hash) for t in one.tables} == {t.full_name: (t.rows, t.hash) for t in other.tables}


def test_the_report_says_which_marts_are_empty_for_want_of_which_source(maven_run: SampleRun) -> None:
    rows = {row["mart"]: row for row in ask(maven_run, "select * from core.coverage")}
    for mart, missing in {
        "fct_activity": "activities",
        "lead_funnel": "leads",
        "lead_score": "leads",
        "support_staffing": "tickets",
        "target": "quotas|targets",
    }.items():
        assert (rows[mart]["rows"], rows[mart]["verdict"], rows[mart]["missing_sources"]) == (0, "no_source", missing), mart
    assert rows["inventory_policy"]["missing_sources"] == "items, stock"
    assert rows["inventory_policy"]["unlocked_by"] is None
    deals = rows["fct_opportunity"]
    assert deals["rows"] == 8800
    assert (deals["verdict"], deals["missing_sources"]) == ("usable", None)
    assert (rows["rep_activity_day"]["verdict"], rows["rep_activity_day"]["missing_sources"]) == ("partial", "activities")
    # Leads alone would fill the funnel, the scores, the leads to call and the leads themselves.
    assert {row["best_next_export"] for row in rows.values()} == {"leads"}
    assert {row["mart"] for row in rows.values() if row["unlocked_by"] == "leads"} == {
        "dim_lead",
        "lead_funnel",
        "lead_score",
        "hot_lead",
    }
