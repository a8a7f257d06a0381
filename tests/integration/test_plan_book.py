"""The first page: its figures are the snapshot's, what is missing is said, names are inert, nobody is asked for anything."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from serving import page_version, snapshots, spoken
from serving.charts import write_png
from serving.plan_book import CheckLine, Contents, inert_json, read_contents, write_plan_book
from serving.plan_facts import Facts
from tests.integration import plan_snapshot
from tests.integration.plan_snapshot import AS_OF, HOSTILE
from warehouse.errors import StateError

CHECKS = (
    CheckLine("mart_quota", "kpi.rep_performance_month", "warned", "warn", "3 % fail", "Is any quota odd?", "Correct it.", 34),
    CheckLine("raw_close", "raw.deals", "accepted", "error", "until May", "Is any date odd?", HOSTILE[0], 2),
    CheckLine("mart_calendar", "core.dim_date", "passed", "error", "", "Is there a calendar?", "See as_of."),
)
CHARTS = {"revenue", "pipeline", "win-rate", "forecast", "capacity"}
FETCHING = {"src", "href", "srcset", "data", "action", "poster", "background", "xlink:href"}


class Page(HTMLParser):
    """The elements, the text outside scripts, and what the scripts hold."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self._inside = ""
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser names it
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts.append(data)
        elif not self._inside:
            self.text += data

    @property
    def charts(self) -> dict[str, Any]:
        """The charts' specifications by their key."""
        return json.loads(self.scripts[0]) if self.scripts else {}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot with rows in every table."""
    return plan_snapshot.full_snapshot(tmp_path_factory.mktemp("full"))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the pages, one after the other; the scripts are put together once."""
    return tmp_path_factory.mktemp("book")


@pytest.fixture(scope="module")
def page(full: Path, book: Path) -> Page:
    """Its page."""
    return Page(write_plan_book(full, book, CHECKS, currency="USD"))


@pytest.fixture(scope="module")
def contents(full: Path) -> Contents:
    """What its page says."""
    return read_contents(full, "USD")


@pytest.fixture(scope="module")
def sql(full: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session on it."""
    with snapshots.opened(full) as connection:
        yield connection


def test_the_page_says_what_it_is_about(page: Page, full: Path, tmp_path: Path) -> None:
    version = snapshots.read_publication(full).version
    assert "as of 15 October 2026" in page.text
    assert version in page.text
    (tmp_path / "copy.html").write_text(page.source)
    assert page_version.shown(tmp_path / "copy.html") == version
    assert page_version.shown(tmp_path / "none.html") == ""
    assert page.text.count("15 October 2026") > 13  # each part says its day
    assert set(page.charts) == CHARTS
    assert len(page.source) < 3_000_000


def test_the_page_asks_nobody_for_anything(page: Page) -> None:
    asked = [value for _, attributes in page.elements for name, value in attributes.items() if name in FETCHING]
    assert asked
    assert all(value and value.startswith("../data_docs/") for value in asked)
    assert {tag for tag, _ in page.elements} & {"link", "iframe", "object", "embed", "base", "form", "img"} == set()
    styles = re.findall(r"<style>(.*?)</style>", page.source, re.S)
    assert "url(" not in styles[0]
    assert "@import" not in styles[0]
    [policy] = [a["content"] for tag, a in page.elements if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert '"url"' not in json.dumps(page.charts)
    assert "http" not in json.dumps(page.charts)


def test_one_library_serves_all_charts(page: Page) -> None:
    assert sum("vegaEmbed" in script for script in page.scripts) == 2  # the library, and ours that calls it
    assert len(page.scripts) == 3


def test_key_figures_equal_sql(contents: Contents, sql: duckdb.DuckDBPyConnection) -> None:
    figures = {figure.key: figure for figure in contents.figures}
    [(revenue, orders)] = sql.execute(
        "SELECT sum(revenue), sum(orders)::BIGINT FROM kpi.daily_sales WHERE date_day BETWEEN '2026-08-01' AND '2026-10-15'"
    ).fetchall()
    assert figures["revenue"].value == spoken.amount(revenue, "USD")
    assert figures["revenue"].label == "Revenue, FY27 Q3 to date"
    assert figures["revenue"].filled == pytest.approx(float(revenue) / 7_720_000)
    assert f"day 76 of 92, {orders} deals won" in figures["revenue"].says

    [(pipeline, deals, unknown)] = sql.execute(
        "SELECT sum(amount), count(*), count(*) - count(amount) FROM core.fct_opportunity WHERE NOT is_closed AND is_counted"
    ).fetchall()
    assert figures["pipeline"].value == spoken.amount(pipeline, "USD")
    assert figures["pipeline"].says == (f"{deals} open deals", f"{unknown} of them without an amount")

    [(won, decided)] = sql.execute(
        "SELECT win_rate_t4q_num, win_rate_t4q_den FROM kpi.team_performance_month WHERE month_start = '2026-10-01'"
    ).fetchall()
    assert figures["win-rate"].value == spoken.share(won / decided)
    assert figures["win-rate"].says[1] == f"n = {decided:,} decided deals"

    [(capacity, target)] = sql.execute("SELECT sum(capacity), sum(target) FROM plan.gap").fetchall()
    assert figures["capacity"].value == spoken.amount(capacity, "USD")
    assert figures["capacity"].filled == pytest.approx(float(capacity / target))
    assert figures["capacity"].label == "Capacity, next 6 months"
    assert (figures["hiring"].value, figures["hiring"].says) == (
        "4 people",
        ("Enterprise: 3", "Mid-market: 1", "first requisition by 1 December 2026"),
    )
    assert (figures["plan"].value, figures["plan"].says[0]) == ("Draft", "waits for submission")
    for part in (spoken.amount(revenue), spoken.amount(target - capacity, "USD"), "4 hires", "the plan waits for submission"):
        assert part in contents.headline


def test_charts_hold_the_figures_of_the_snapshot(page: Page, sql: duckdb.DuckDBPyConnection) -> None:
    revenue = _values(page.charts["revenue"], "bar")
    expected = sql.execute(
        "SELECT strftime(month_start, '%Y-%m'), bookings::DOUBLE FROM kpi.team_performance_month "
        "WHERE month_start >= '2025-04-01' ORDER BY 1"
    ).fetchall()
    assert [(row["month"], row["revenue"]) for row in revenue] == expected
    assert [row["is_complete"] for row in revenue] == [True] * 18 + [False]
    targets = _values(page.charts["revenue"], "tick")
    assert targets[-1]["month"] == "2027-01"  # the rest of the fiscal year by target alone
    assert targets[-1]["target"] == 2_870_000  # the newest version

    fan = _values(page.charts["forecast"], "area")
    ahead = sql.execute(
        "SELECT strftime(period_start, '%Y-%m'), p10, p50, p90 FROM demand.demand_forecast WHERE is_used ORDER BY 1"
    ).fetchall()
    assert [(row["month"], row["p10"], row["p50"], row["p90"]) for row in fan[1:]] == ahead
    assert fan[0]["p10"] == fan[0]["p90"] == _values(page.charts["forecast"], "line")[-1]["value"]

    stages = _values(page.charts["pipeline"], "bar")
    assert [row["stage"] for row in stages] == ["Discovery", "Proposal", "Negotiation"]

    months = _values(page.charts["capacity"], "bar")
    summed = sql.execute(
        "SELECT strftime(month_start, '%Y-%m'), sum(capacity)::DOUBLE FROM plan.gap GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert [(row["month"], row["capacity"]) for row in months] == summed


@pytest.mark.parametrize(
    ("kept", "amount", "kind"),
    [
        ("true", 7_720_000, "target"),
        ("period_type = 'month'", 2_710_000 + 2_742_000 + 2_774_000, "target"),
        ("period_type = 'month' AND period_start <> '2026-09-01'", None, None),
        ("false", None, None),
    ],
)
def test_a_quarter_takes_its_own_target_or_that_of_all_its_months(
    full: Path, kept: str, amount: int | None, kind: str | None
) -> None:
    with snapshots.opened(full) as connection:
        connection.execute("ATTACH ':memory:' AS other; CREATE SCHEMA other.core; USE other")
        connection.execute(f"CREATE TABLE core.target AS FROM {snapshots.CATALOG}.core.target WHERE {kept}")
        found = Facts.of(connection, AS_OF).quarter_target(dt.date(2026, 8, 1), dt.date(2026, 10, 31))
        assert (found and (found["amount"], found["kind"])) == (None if amount is None else (amount, kind))
        connection.execute("INSERT INTO core.target VALUES ('r', 'rep', 'u1', 'month', 'bookings', 'crm', 900, '2026-09-01')")
        found = Facts.of(connection, AS_OF).quarter_target(dt.date(2026, 8, 1), dt.date(2026, 10, 31))
        assert found is not None
        assert found["kind"] == (kind or "quotas")


def test_failing_rules_say_what_to_do_and_those_that_pass_are_counted(page: Page) -> None:
    assert "2 of 3 rules do not pass" in page.text
    assert page.text.index("Is any date odd?") < page.text.index("Is any quota odd?")  # the severe one first
    assert "Correct it." in page.text
    assert "Is there a calendar?" not in page.text
    links = [a.get("href") for tag, a in page.elements if tag == "a"]
    assert {"../data_docs/index.html", "../data_docs/rules/mart_quota.html"} <= set(links)
    assert "salesops plan show" in page.text


@pytest.mark.parametrize("kind", ["empty", "sales_only"])
def test_what_is_missing_is_a_sentence_and_not_a_broken_chart(tmp_path: Path, book: Path, kind: str) -> None:
    snapshot = getattr(plan_snapshot, f"{kind}_snapshot")(tmp_path)
    page = Page(write_plan_book(snapshot, book, ()))
    drawn = {"empty": set(), "sales_only": {"revenue", "win-rate"}}[kind]
    assert set(page.charts) == drawn
    assert {a["data-chart"] for _, a in page.elements if "data-chart" in a} == drawn
    for source in ("finance.targets", "hr.employees", "support.tickets", "erp.stock", "salesforce.Lead"):
        assert source in page.text, source
    assert "No check was reported" in page.text
    assert not re.search(r"\b(None|nan|inf|undefined)\b", page.text)
    if kind == "sales_only":
        assert "90 deals open, none with an amount" in page.text
    else:
        assert "There is nothing to report yet" in page.text


def test_hostile_names_are_only_text(tmp_path: Path, book: Path) -> None:
    page = Page(write_plan_book(plan_snapshot.hostile_snapshot(tmp_path), book, CHECKS))
    for text in HOSTILE:
        assert text in page.text, text
        assert text not in page.source or text == HOSTILE[2]  # braces need no escaping: nothing renders the page again
    assert [a for tag, a in page.elements if tag in ("img", "iframe") or any(name.startswith("on") for name in a)] == []
    assert not any((a.get("href") or "").startswith("javascript") for _, a in page.elements)
    assert len(page.scripts) == 3
    assert {row["stage"] for row in _values(page.charts["pipeline"], "bar")} == {HOSTILE[0], HOSTILE[1]}


def test_without_a_publication_there_is_no_page(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="Nothing has been published yet"):
        write_plan_book(tmp_path / "current.duckdb", tmp_path / "book", ())
    assert not (tmp_path / "book").exists()


def test_json_in_a_page_cannot_end_its_element() -> None:
    value = {"name": "</script><!-- \u2028 & ü"}
    text = inert_json(value)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == value


def test_the_same_snapshot_gives_the_same_page(full: Path, tmp_path: Path, page: Page) -> None:
    told: list[tuple[str, int, int]] = []

    def tell(step: str, done: int, total: int, detail: str = "") -> None:
        told.append((step, done, total))

    path = write_plan_book(full, tmp_path, CHECKS, tell, currency="USD")
    assert path.read_text(encoding="utf-8") == page.source
    assert told == [("plan book", done, 3) for done in (1, 2, 3)]
    kept = sorted(file.name for file in tmp_path.iterdir())
    write_plan_book(full, tmp_path, (), currency="USD")
    assert sorted(file.name for file in tmp_path.iterdir()) == kept


def test_charts_follow_the_schema_and_become_pictures(contents: Contents, tmp_path: Path) -> None:
    charts = {panel.key: panel.chart for panel in contents.panels if panel.chart is not None}
    assert set(charts) == CHARTS
    for chart in charts.values():
        assert chart.to_dict()["layer"]  # Altair checks it against Vega-Lite's schema
    picture = write_png(charts["capacity"], "Capacity", "USD a month", tmp_path / "capacity.png")
    assert picture.read_bytes().startswith(b"\x89PNG")


def _values(chart: dict[str, Any], mark: str) -> list[dict[str, Any]]:
    """The rows of the first layer with such marks; Altair may keep them by the hash of their content."""
    data = next(layer for layer in chart["layer"] if layer["mark"]["type"] == mark).get("data") or chart["data"]
    return list(data.get("values") or chart["datasets"][data["name"]])
