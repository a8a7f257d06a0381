"""A company whose only CRM is HubSpot: its exports alone are enough for the marts, and the oracle agrees with them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from serving.query import query
from tests.end_to_end.conftest import PUBLISHED, Command, SampleRun
from tests.end_to_end.oracle import KPI, PLAN, Oracle
from tests.end_to_end.oracle_compare import Served, differences, report
from tests.end_to_end.oracle_exports import export
from warehouse.home import Home


@pytest.fixture(scope="module")
def home(sample_run: SampleRun, salesops: Command, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The sample company's subsidiary, with the numbers of HR and finance beside it."""
    home = Home(tmp_path_factory.mktemp("hubspot"))
    for folder in ("hubspot", "hr", "finance"):
        shutil.copytree(sample_run.inbox / folder, home.inbox / folder)
    shutil.copytree(sample_run.home.company, home.company)
    # So few deals are won here that one without an amount is more than the rule allows.
    rule = "mart_won_deal_has_an_amount"
    refused = salesops("run", "--home", home.root, expect=None)
    assert rule in refused.stdout + refused.stderr
    salesops("validate", "--home", home.root, "--accept", rule, "--reason", "one deal of fourteen", expect=None)
    salesops("run", "--home", home.root, expect=PUBLISHED)
    return home


@pytest.fixture(scope="module")
def oracle(home: Home) -> Oracle:
    return Oracle(home.inbox, home.company)


@pytest.fixture(scope="module")
def served(home: Home) -> Served:
    return Served(home.serving / "current.duckdb")


@pytest.mark.parametrize("mart", [*KPI, "kpi.lead_funnel", "kpi.icp_segment"])
def test_published_mart_equals_the_recomputation(mart: str, oracle: Oracle, served: Served) -> None:
    expected = oracle.mart(mart)
    assert expected
    found = differences(served.mart(mart), expected, {**KPI, **PLAN}[mart].key)
    assert not found, report(mart, found)


def test_its_deals_are_published_with_their_stages_by_label(home: Home, oracle: Oracle) -> None:
    rows = query(
        home.serving,
        "select source_opportunity_id as id, source, stage_name, stage_type, amount_original from core.fct_opportunity",
    ).to_pylist()
    assert {row["source"] for row in rows} == {"hubspot"}
    assert {row["id"]: row["stage_name"] for row in rows} == {deal.deal_id: deal.record["StageName"] for deal in oracle.deals}
    assert {row["stage_type"] for row in rows} == {"open", "won", "lost"}
    assert "closedwon" not in {row["stage_name"] for row in rows}


def test_the_report_on_the_marts_names_what_is_missing(home: Home) -> None:
    rows = {row["mart"]: row for row in query(home.serving, "select * from core.coverage").to_pylist()}
    assert rows["fct_opportunity"]["missing_sources"] is None
    assert rows["support_staffing"]["verdict"] == "no_source"
    assert rows["support_staffing"]["unlocked_by"] == "tickets"


def test_merged_and_archived_records_are_in_no_mart(home: Home, sample_run: SampleRun) -> None:
    merged = _merged(sample_run.inbox)
    assert merged
    rows = query(home.serving, "select source_opportunity_id as id from core.fct_opportunity").to_pylist()
    assert not {row["id"] for row in rows} & merged


def _merged(inbox: Path) -> set[str]:
    return {name for row in export(inbox, "hubspot/deals") for name in (row["hs_merged_object_ids"] or "").split(";") if name}
