"""Data Docs open from disk, ask nobody for anything, and show hostile values as text."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlparse

import duckdb
import pytest

from expectations import data_docs
from expectations.data_docs import write_data_docs
from expectations.gate import run_gate
from expectations.rules import Rule
from expectations.verdict import GateResult, Status

HOSTILE = "<img src=x onerror=alert(1)><script>alert('{{ 7*7 }}')</script>"
AS_OF = dt.date(2024, 5, 1)


@pytest.fixture
def gate(tmp_path: Path) -> GateResult:
    database = tmp_path / "build.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("CREATE SCHEMA core")
        connection.execute("CREATE TABLE core.t AS SELECT i AS id, ? AS label FROM range(2500) r (i)", [HOSTILE])
    base = Rule(
        name="label_is_clean",
        layer="marts",
        table="core.t",
        expectation="expect_column_values_to_be_null",
        kwargs={"column": "label"},
        severity="error",
        question=f"Is it {HOSTILE} clean?",
        how_to_fix=f"Remove {HOSTILE}.",
        key=("id",),
        source="marts/t.yml:3",
    )
    fine = replace(base, name="id_is_given", expectation="expect_column_values_to_not_be_null", kwargs={"column": "id"})
    warned = replace(base, name="label_is_short", severity="warn", question="Is it short?")
    missing = replace(base, name="gone", table="core.gone", question="Is it there?")
    return run_gate(database, "marts", [base, fine, warned, missing], {}, tmp_path / "checks")


@pytest.fixture
def docs(gate: GateResult, tmp_path: Path) -> Path:
    return write_data_docs([gate], tmp_path / "reports" / "data_docs", f"Report {HOSTILE}", "run-1", AS_OF)


class Reader(HTMLParser):
    """Collects the tags, what they refer to, and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.references: list[str] = []
        self.handlers: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.references += [value or "" for name, value in attrs if name in ("src", "href", "action", "data", "srcset")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def pages(index: Path) -> Iterator[tuple[Path, str]]:
    for path in [index, *sorted((index.parent / "rules").glob("*.html"))]:
        yield path, path.read_text(encoding="utf-8")


def test_every_page_refers_only_to_pages_beside_it(docs: Path) -> None:
    for path, page in pages(docs):
        read = Reader(page)
        for reference in read.references:
            assert not urlparse(reference).scheme
            assert not reference.startswith("//")
            target = reference.split("#")[0]
            assert not target or (path.parent / target).exists(), reference
        assert not re.search(r"url\(|@import", page)
        assert "default-src 'none'" in page


def test_hostile_values_are_text_and_nothing_runs(docs: Path) -> None:
    for _, page in pages(docs):
        read = Reader(page)
        assert not read.tags & {"script", "img", "iframe", "object", "embed", "link", "form", "base"}
        assert not read.handlers
    assert HOSTILE in Reader((docs.parent / "rules/label_is_clean.html").read_text(encoding="utf-8")).text
    # Neither is a template inside a value filled in.
    assert not any("alert('49')" in Reader(page).text for _, page in pages(docs))


def test_the_index_begins_with_what_a_person_wants_to_know(docs: Path) -> None:
    text = Reader(docs.read_text(encoding="utf-8")).text
    assert "2 rules block publishing" in text
    assert "1 passed, 1 warned, 1 failed, 1 blocked. Readers keep the last good version." in text
    assert text.index("What blocks") < text.index("What a person should look at") < text.index("Layers")
    assert "2024-05-01" in text
    assert "there is no table core.gone to check" in text


def test_a_rule_page_shows_the_first_thousand_rows_and_all_are_beside_it(docs: Path) -> None:
    page = Reader((docs.parent / "rules/label_is_clean.html").read_text(encoding="utf-8"))
    assert "The first 1,000 of 2,500." in page.text
    assert page.references.count("label_is_clean.csv") == 1
    assert len((docs.parent / "rules/label_is_clean.csv").read_text(encoding="utf-8").splitlines()) == 2501
    assert "marts/t.yml:3" in page.text


def test_new_pages_take_the_place_of_the_old_ones_in_one_step(gate: GateResult, docs: Path, tmp_path: Path) -> None:
    out = tmp_path / "reports" / "data_docs"
    shutil.rmtree(tmp_path / "checks")
    passed = replace(gate, results=tuple(replace(r, status=Status.PASSED, failing_rows=None) for r in gate.results))
    assert write_data_docs([passed], out, "Report", "run-2", AS_OF) == docs
    assert "Nothing blocks publishing" in docs.read_text(encoding="utf-8")
    assert not (out / "rules/label_is_clean.csv").exists()
    assert len(list((tmp_path / "reports").iterdir())) == 2


def test_pages_that_cannot_be_written_leave_the_old_ones(
    gate: GateResult, docs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(5, "broken disk")

    monkeypatch.setattr(data_docs, "_write_pages", fail)
    with pytest.raises(OSError, match="broken disk"):
        write_data_docs([gate], tmp_path / "reports" / "data_docs", "Report", "run-2", AS_OF)
    assert "run-1" in docs.read_text(encoding="utf-8")
    assert len(list((tmp_path / "reports").iterdir())) == 2


def test_a_plain_folder_in_the_way_is_replaced(gate: GateResult, tmp_path: Path) -> None:
    out = tmp_path / "reports" / "data_docs"
    (out / "rules").mkdir(parents=True)
    assert write_data_docs([gate], out, "Report", "run-1", AS_OF).exists()
    assert out.is_symlink()


@pytest.mark.slow
def test_a_browser_shows_the_pages_and_asks_nobody(docs: Path) -> None:
    chromium = os.environ.get("SALESOPS_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine")
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    said: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("console", lambda message: said.append(message.text))
        page.goto(docs.resolve().as_uri())
        page.get_by_role("link", name="Is it short?").first.click()
        assert page.get_by_text("How to fix").is_visible()
        # Nothing is wider than a phone.
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        browser.close()
    assert {urlparse(url).scheme for url in asked} == {"file"}
    assert said == []
