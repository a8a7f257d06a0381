"""The first page in a real browser, from disk: every chart is drawn, nothing is fetched, nothing in a name comes alive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from serving.plan_book import CheckLine, write_plan_book
from tests.end_to_end import web
from tests.end_to_end.conftest import SampleRun
from tests.integration import plan_snapshot

CHECKS = (CheckLine("mart_quota", "kpi.x", "warned", "warn", "3 % fail", "Is any quota odd?", "Correct it.", 34),)
CHARTS = ["revenue", "pipeline", "win-rate", "forecast", "capacity"]
LOCAL = ("file:", "data:", "blob:")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(web.chromium() is None, reason="there is no chromium on this machine")]


@dataclass
class Watched:
    """A page, what it asked for and what it complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: Path) -> None:
        """Open a file and wait for its charts."""
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path.as_uri())
        expect(self.page.locator("h1")).to_be_visible()
        expect(self.page.locator("[data-chart]:not([data-drawn])")).to_have_count(0)

    def drawn(self) -> dict[str, int]:
        """The marks of each chart."""
        found: dict[str, int] = self.page.evaluate(
            "() => Object.fromEntries([...document.querySelectorAll('[data-chart]')].map(place => [place.dataset.chart, "
            "place.dataset.drawn === 'yes' ? place.querySelectorAll('svg .mark-group path, svg text').length : -1]))"
        )
        return found

    def is_quiet(self) -> None:
        """Nothing was fetched from elsewhere, nothing went wrong, no name became a script."""
        assert [url for url in self.asked if not url.startswith(LOCAL)] == []
        assert self.complaints == []
        assert self.page.evaluate("window.hacked") is None


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with web.browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a snapshot with rows in every table."""
    folder = tmp_path_factory.mktemp("full")
    return write_plan_book(plan_snapshot.full_snapshot(folder), folder / "book", CHECKS, currency="USD")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 390])
def test_every_chart_is_drawn_within_the_page_and_nothing_is_fetched(
    browser: Browser, book: Path, scheme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        timezone_id="Pacific/Apia",
    )
    watched = Watched(context.new_page())
    watched.open(book)
    drawn = watched.drawn()
    assert list(drawn) == CHARTS
    assert all(marks > 5 for marks in drawn.values()), drawn
    assert watched.page.evaluate("document.documentElement.scrollWidth") == width
    for place in watched.page.locator("[data-chart] svg").all():
        box = place.bounding_box()
        assert box is not None
        assert box["width"] > 0.8 * min(width, 600) - 120
        assert box["x"] + box["width"] <= width
    # The colours are the page's, so a chart is readable on either ground.
    bar = watched.page.locator("[data-chart=revenue] path[fill^='var(']").first
    expected = {"light": "rgb(47, 109, 181)", "dark": "rgb(106, 165, 234)"}[scheme]
    assert bar.evaluate("node => getComputedStyle(node).fill") == expected
    watched.is_quiet()
    context.close()


def test_months_are_the_snapshots_in_any_time_zone(browser: Browser, book: Path) -> None:
    context = browser.new_context(timezone_id="America/Los_Angeles")
    watched = Watched(context.new_page())
    watched.open(book)
    labels = watched.page.locator("[data-chart=capacity] .role-axis-label text").all_text_contents()
    assert [label for label in labels if label[:3].isalpha()] == ["Nov2026", "Dec", "Jan2027", "Feb", "Mar", "Apr"]
    context.close()


def test_the_figures_beside_a_chart_unfold(browser: Browser, book: Path) -> None:
    page = browser.new_page()
    page.goto(book.as_uri())
    section = page.locator("#forecast")
    expect(section.locator("table")).to_be_hidden()
    section.locator("summary").click()
    expect(section.locator("table")).to_be_visible()
    assert section.locator("tbody tr").count() == 12
    assert page.locator("[data-chart]").first.get_attribute("aria-label")
    page.close()


def test_hostile_names_do_not_come_alive(browser: Browser, tmp_path: Path) -> None:
    path = write_plan_book(plan_snapshot.hostile_snapshot(tmp_path), tmp_path / "book", CHECKS)
    watched = Watched(browser.new_page())
    watched.open(path)
    assert list(watched.drawn()) == CHARTS
    assert watched.page.locator("img, main script, main [onerror]").count() == 0
    expect(watched.page.locator("#gap")).to_contain_text(plan_snapshot.HOSTILE[0])
    watched.page.locator("[data-chart=pipeline] svg path").last.hover(force=True)
    watched.is_quiet()
    watched.page.close()


def test_an_empty_snapshot_is_a_page_of_sentences(browser: Browser, tmp_path: Path) -> None:
    path = write_plan_book(plan_snapshot.empty_snapshot(tmp_path), tmp_path / "book", ())
    watched = Watched(browser.new_page())
    watched.open(path)
    assert watched.drawn() == {}
    assert watched.page.locator(".missing").count() > 8
    watched.is_quiet()
    watched.page.close()


def test_the_page_of_a_run_draws_its_charts_and_leads_to_the_data_docs(browser: Browser, sample_run: SampleRun) -> None:
    watched = Watched(browser.new_page())
    watched.open(sample_run.home.reports / "plan_book" / "index.html")
    drawn = watched.drawn()
    assert list(drawn) == CHARTS
    assert all(marks > 5 for marks in drawn.values()), drawn
    watched.is_quiet()
    watched.page.locator("#rules a").first.click()
    expect(watched.page.get_by_text("How to fix", exact=True)).to_be_visible()
    watched.page.go_back()
    watched.page.get_by_role("link", name="Validation report").click()
    expect(watched.page.locator(".verdict")).to_be_visible()
    watched.page.close()
