"""Living through weekly exports, run by run, ends where one run over all of them does.

Law 4 and 5 of the pipeline: neither the order of arrival nor what was computed before may show in a mart. SALESOPS_WEEKS says
how many weeks to live through; the default keeps the tests quick.
"""

from __future__ import annotations

import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from serving.publish import current
from serving.query import query
from tests.end_to_end.conftest import PUBLISHED, Command
from tests.end_to_end.oracle import FROM_FORECAST, KPI, PLAN, Oracle
from tests.end_to_end.oracle_compare import Served, differences, report, without_label
from warehouse import database
from warehouse.home import Home

WEEKS = int(os.environ.get("SALESOPS_WEEKS", "3"))
# Mid-month and mid-quarter, so that the present month and quarter still have open deals in them.
THROUGH = date(2026, 10, 21)
DECISIONS = "plan.decision"
COVERAGE = "core.coverage"
DAY = re.compile(r"_(\d{4}-\d{2}-\d{2})\b")


@dataclass(frozen=True)
class Lives:
    """Two homes of one company: one that saw its exports week by week, one that saw them all at once."""

    weekly: Home
    at_once: Home
    versions: list[str]

    @property
    def published(self) -> Served:
        """What is served after the last week."""
        return Served(self.at_once.serving / "current.duckdb")


@pytest.fixture(scope="module")
def oracle(lives: Lives) -> Oracle:
    return Oracle(lives.at_once.inbox, lives.at_once.company)


@pytest.fixture(scope="module")
def lives(salesops: Command, tmp_path_factory: pytest.TempPathFactory) -> Lives:
    at_once, weekly = Home(tmp_path_factory.mktemp("at_once")), Home(tmp_path_factory.mktemp("weekly"))
    beside = ("--company", at_once.company, "--truth", at_once.root / "truth")
    options = ("--scale", "0.02", "--seed", "3", "--through", THROUGH.isoformat(), "--every", "week", "--exports", str(WEEKS))
    salesops("sample", at_once.inbox, *options, *beside)
    shutil.copytree(at_once.company, weekly.company)
    # Side by side, as the two homes share nothing: it saves the time of a run.
    with ThreadPoolExecutor(max_workers=1) as aside:
        whole = aside.submit(salesops, "run", "--home", at_once.root, expect=PUBLISHED)
        versions = [
            live_until(THROUGH - timedelta(weeks=back), at_once.inbox, weekly, salesops) for back in range(WEEKS, -1, -1)
        ]
        whole.result()
    return Lives(weekly, at_once, versions)


def live_until(day: date, archive: Path, home: Home, salesops: Command) -> str:
    """Run on what has arrived by a day, and submit the first plan there is; the version that is served then."""
    deliver(archive, home.inbox, day)
    salesops("run", "--home", home.root, expect=PUBLISHED)
    publication = current(home.serving)
    assert publication is not None
    if day == THROUGH - timedelta(weeks=WEEKS):
        salesops("plan", "submit", "--home", home.root, "--by", "Ada")
    return publication.version


def deliver(archive: Path, inbox: Path, until: date) -> None:
    """Copy what was exported up to a day and has not arrived yet."""
    for path in sorted(path for path in archive.rglob("*") if path.is_file()):
        found = DAY.search(path.name)
        assert found, path
        target = inbox / path.relative_to(archive)
        if date.fromisoformat(found.group(1)) <= until and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def served(home: Home) -> dict[str, tuple[int, str]]:
    """Rows and content hash of every served table."""
    publication = current(home.serving)
    assert publication is not None
    with database.connect(home.serving / "current.duckdb", read_only=True) as connection:
        return {table.full_name: database.table_hash(connection, table.full_name) for table in publication.tables}


def test_week_by_week_ends_where_one_run_over_all_exports_does(lives: Lives) -> None:
    weekly, at_once = served(lives.weekly), served(lives.at_once)
    assert weekly.keys() == at_once.keys()
    assert {*KPI, *PLAN, *FROM_FORECAST, DECISIONS} <= weekly.keys()
    assert [table for table in weekly if weekly[table] != at_once[table] and table not in (DECISIONS, COVERAGE)] == []
    # Which counts the decisions, too.
    rows = [
        query(home.serving, f"select * from {COVERAGE} order by mart").to_pylist() for home in (lives.weekly, lives.at_once)
    ]
    assert [one for one, other in zip(*rows, strict=True) if one != other and one["mart"] != "decision"] == []


def test_every_week_brought_something_new(lives: Lives) -> None:
    assert len(set(lives.versions)) == WEEKS + 1


def test_what_was_decided_on_the_way_is_remembered(lives: Lives) -> None:
    events = {row["event"]: row for row in Served(lives.weekly.serving / "current.duckdb").mart(DECISIONS)}
    assert events["submitted"]["plan_as_of"] == THROUGH - timedelta(weeks=WEEKS)
    assert not events["submitted"]["is_current_plan"]
    assert events["draft"]["plan_as_of"] == THROUGH


@pytest.mark.parametrize("table", [*KPI, *PLAN])
def test_within_a_month_and_a_quarter_the_marts_equal_the_recomputation(lives: Lives, oracle: Oracle, table: str) -> None:
    found = differences(without_label(table, lives.published.mart(table)), oracle.mart(table), (KPI | PLAN)[table].key)
    assert not found, report(table, found)


@pytest.mark.parametrize("table", FROM_FORECAST)
def test_within_a_month_what_follows_from_the_forecast_equals_the_recomputation(
    lives: Lives, oracle: Oracle, table: str
) -> None:
    """The forecast begins with the present month and capacity with the next one, so some months know only one of the two."""
    expected = oracle.gap(lives.published) if table == "plan.gap" else oracle.lever(lives.published)
    found = differences(lives.published.mart(table), expected, FROM_FORECAST[table])
    assert not found, report(table, found)
