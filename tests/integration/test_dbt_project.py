"""The dbt project on a company without a single record: everything builds, unit tests pass, and each identity can fail."""

import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lint.empty_home import make_empty_home
from warehouse.database import connect
from warehouse.home import Home

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
Results = dict[str, str]

MARTS = (
    "kpi.daily_sales",
    "kpi.rep_activity_day",
    "kpi.rep_performance_month",
    "kpi.team_performance_month",
    "kpi.lead_funnel",
    "kpi.icp_segment",
    "demand.lead_score",
    "demand.hot_lead",
    "demand.dim_series",
    "demand.demand_series",
    "demand.demand_forecast",
    "demand.period_projection",
    "capacity.rep_capacity",
    "capacity.hiring_need",
    "capacity.support_staffing",
    "capacity.inventory_policy",
    "plan.gap",
    "plan.team_structure",
    "plan.rep_assignment",
    "plan.decision",
)

# What a bug could do to the marts of an empty company; each line breaks at least one identity.
DEFECTS = (
    "insert into kpi.daily_sales (daily_sales_id, date_day, orders, revenue) values ('x', date '2025-06-01', 1, 5)",
    "insert into kpi.team_performance_month (scope_type, is_default_scope, month_start, bookings, won_n) "
    "values ('company', true, date '2025-06-01', 7, 1)",
    "insert into kpi.rep_activity_day (rep_activity_day_id, selling_minutes) values ('x', 2000)",
    "insert into core.fct_opportunity (opportunity_id, amount_original) values ('x', 1)",
    "insert into core.fct_activity (activity_id) values ('x')",
    "insert into core.fct_opportunity_credit (opportunity_id, credit_type, credit_pct) values ('x', 'revenue', 50)",
    "insert into core.dim_user (user_version_id, user_id, is_current) values ('a', 'x', true), ('b', 'x', true)",
    "insert into kpi.lead_funnel (lead_funnel_id, leads, mql, sql, won, mql_undated) values ('x', 1, 2, 0, 0, 0)",
    "insert into demand.dim_series (series_id, measure, level, segment_id) values ('x', 'revenue', 'total', 'all')",
    "insert into demand.demand_series (demand_series_id, series_id, period_start, value, is_complete) "
    "values ('x', 'x', date '2025-05-01', 5, true)",
    "insert into demand.period_projection (period_projection_id, is_default_scope, closed_amount, open_amount) "
    "values ('x', true, 5, 0)",
    "insert into plan.gap (gap_id, segment_id, month_start, capacity) values ('x', 'x', date '2025-07-01', 5)",
    "insert into plan.rep_assignment (rep_assignment_id, account_id) values ('x', 'x')",
    "delete from core.dim_date where date_day = date '2025-06-15'",
)


def dbt(home: Home, *arguments: str) -> Results:
    """Run dbt in a process of its own; the status of each node by name."""
    env = {
        **os.environ,
        "SALESOPS_HOME": str(home.root),
        "DBT_TARGET_PATH": str(home.dbt_target),
        "DBT_LOG_PATH": str(home.dbt_logs),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    command = [sys.executable, "-m", "dbt.cli.main", *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    results = json.loads((home.dbt_target / "run_results.json").read_text())["results"]
    return {result["unique_id"]: result["status"] for result in results}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with every raw and config table and no record."""
    return make_empty_home(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module")
def built(home: Home) -> Results:
    """`dbt build`, unit tests included."""
    return dbt(home, "build")


def test_an_empty_company_builds_and_every_test_passes(built: Results) -> None:
    assert {name: status for name, status in built.items() if status not in {"success", "pass"}} == {}


def test_every_model_with_logic_has_a_unit_test_that_ran(built: Results) -> None:
    tested = {name.split(".")[2] for name in built if name.startswith("unit_test.")}
    models = {name.split(".")[-1] for name in built if name.startswith("model.") and ".stg_" not in name}
    assert models - tested == {"dim_contact", "dim_lead", "dim_product"}


def test_each_data_test_can_run_before_planning_or_after_it(home: Home, built: Results) -> None:
    assert built
    manifest = json.loads((home.dbt_target / "manifest.json").read_bytes())
    planned = {name for name, source in manifest["sources"].items() if source["schema"] == "planning"}
    after = {name for name in reached(planned, manifest["child_map"]) if name.startswith("model.")}
    before = reached(after, manifest["parent_map"])
    assert {"model.salesops.demand_forecast", "model.salesops.gap", "model.salesops.lever"} <= after
    # The second part of a run takes a test along if the other models that it reads lie upstream; one that reads still others
    # would run in neither part, and nobody would miss it.
    tests = {name: set(manifest["parent_map"][name]) for name in manifest["nodes"] if name.startswith("test.")}
    assert [name for name, read in tests.items() if read & after and not read <= before] == []


def reached(names: set[str], edges: dict[str, list[str]]) -> set[str]:
    """The names and all that the edges lead to."""
    found, waiting = set(names), list(names)
    while waiting:
        new = set(edges.get(waiting.pop(), [])) - found
        found |= new
        waiting += new
    return found


def test_an_empty_company_has_a_calendar_and_empty_marts(home: Home, built: Results) -> None:
    with connect(home.build, read_only=True) as connection:
        rows = [connection.execute(f"select count(*) from {mart}").fetchone() for mart in MARTS]
        assert rows == [(0,)] * len(MARTS)
        assert connection.execute("select min(date_day) from core.dim_date").fetchone() == (dt.date(2025, 6, 1),)


def test_each_identity_fails_on_the_defect_it_is_for(home: Home, built: Results) -> None:
    with connect(home.build) as connection:
        for defect in DEFECTS:
            connection.execute(defect)
    statuses = dbt(home, "test", "--select", "test_type:singular")
    identities = {path.stem for path in (PROJECT / "tests" / "identities").glob("*.sql")}
    assert {name.split(".")[2] for name, status in statuses.items() if status == "fail"} == identities
    assert {name.split(".")[2] for name, status in statuses.items() if status == "pass"} == {"assert_macros_meet_expectations"}


def test_the_readme_names_every_model_below_staging() -> None:
    models = {path.stem for path in (PROJECT / "models").rglob("*.sql") if not path.stem.startswith("stg_")}
    named = set(re.findall(r"\w+", (PROJECT / "README.md").read_text("utf-8")))
    assert models - named == set()
