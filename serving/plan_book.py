"""The first page: one HTML file that opens from disk, holds its own scripts and figures, and asks nobody for anything.

It reads the published snapshot only. The page names its scripts by their hashes, so no other script runs on it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version as package_version
from pathlib import Path
from urllib.parse import quote as url_quote

import altair as alt
import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from serving import charts, plan_panels_ahead, snapshots, spoken
from serving.chart_parts import PAGE as PAGE_COLOURS
from serving.chart_parts import PICTURE, Palette
from serving.model import Publication
from serving.plan_facts import Facts
from serving.plan_figures import KeyFigure, key_figures
from serving.plan_panels import Panel, past_and_expected
from warehouse.errors import StateError
from warehouse.files import write_whole
from warehouse.progress import Progress, silent

STEP = "plan book"
PAGE = "index.html"
PASSED = "passed"
# What comes first in the list of failing rules.
_ORDER = ("failed", "errored", "not_run", "blocked", "accepted", "warned")
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class CheckLine:
    """How one check ended, as the gate tells it.

    Args:
        rule: its name, which is also the name of its page in the Data Docs.
        table: schema.table it is about.
        status: passed, warned, accepted, failed, errored, not_run or blocked.
        severity: error or warn.
        detail: one sentence about the outcome.
        question: what the rule asks, as a person would.
        how_to_fix: what to do about failing rows.
        rows: how many rows fail; None for a rule about the table as a whole.
    """

    rule: str
    table: str
    status: str
    severity: str
    detail: str
    question: str
    how_to_fix: str
    rows: int | None = None


@dataclass(frozen=True)
class Contents:
    """What the page says, before it is drawn."""

    publication: Publication
    headline: str
    figures: list[KeyFigure]
    panels: list[Panel]


def write_plan_book(
    snapshot: Path, out: Path, checks: Sequence[CheckLine], progress: Progress | None = None, *, currency: str = ""
) -> Path:
    """Write the page about a published snapshot and put it in the place of the old one in one step.

    Args:
        snapshot: a published file, such as serving/current.duckdb.
        out: the page's folder; made when it is missing. The Data Docs are expected beside it.
        checks: every check of the run that led to the snapshot; those that passed are only counted.
        progress: told after each part.
        currency: the reporting currency's code, for the units.

    Returns:
        The page.

    Raises:
        StateError: the snapshot is damaged, or nothing was published yet.
        DiskFullError: there is no room; the old page stays.
    """
    tell = progress or silent
    contents = read_contents(snapshot, currency, PAGE_COLOURS)
    tell(STEP, 1, 3, "figures")
    library = _library(out) if any(panel.chart is not None for panel in contents.panels) else ""
    tell(STEP, 2, 3, "scripts")
    write_whole(out / PAGE, _rendered(contents, checks, library))
    tell(STEP, 3, 3, PAGE)
    return out / PAGE


def read_contents(snapshot: Path, currency: str = "", palette: Palette = PICTURE) -> Contents:
    """The headline, the key figures and the panels of a published snapshot.

    Raises:
        StateError: the snapshot is damaged, or nothing was published yet.
    """
    try:
        publication = snapshots.read_publication(snapshot)
    except FileNotFoundError as error:
        raise StateError("Nothing has been published yet", str(snapshot), "run `salesops run` first") from error
    # By its own name where it is kept: what is current may be swapped in between.
    kept = snapshots.snapshot_file(snapshot.parent, publication.version)
    with snapshots.opened(kept if kept.exists() else snapshot) as connection:
        facts = Facts.of(connection, publication.as_of)
        headline, figures = key_figures(facts, currency)
        panels = [
            *past_and_expected(facts, currency, palette),
            plan_panels_ahead.capacity(facts, currency, palette),
            plan_panels_ahead.gap(facts, currency),
            plan_panels_ahead.hiring(facts, currency),
            plan_panels_ahead.levers(facts, currency),
            plan_panels_ahead.decision(facts),
            plan_panels_ahead.hot_leads(facts),
            plan_panels_ahead.support(facts),
            plan_panels_ahead.stock(facts),
        ]
    return Contents(publication, headline, figures, panels)


def _rendered(contents: Contents, checks: Sequence[CheckLine], library: str) -> str:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(day=spoken.day, rule_page=_rule_page)
    draw = (_TEMPLATES / "plan_book.js").read_text(encoding="utf-8")
    drawn = {panel.key: charts.specification(panel.chart) for panel in contents.panels if panel.chart is not None}
    # Texts that are not escaped: our own files, the libraries, and JSON in which nothing can end its element.
    return environment.get_template("plan_book.html").render(
        style=Markup((_TEMPLATES / "plan_book.css").read_text(encoding="utf-8")),  # noqa: S704
        scripts=[Markup(text) for text in (library, draw)] if drawn else [],  # noqa: S704
        hashes=[_hash(text) for text in (library, draw)] if drawn else ["'none'"],
        charts=Markup(inert_json(drawn)),  # noqa: S704
        publication=contents.publication,
        headline=contents.headline,
        figures=contents.figures,
        panels={panel.key: panel for panel in contents.panels},
        failing=sorted(
            (check for check in checks if check.status != PASSED),
            key=lambda check: (_rank(check.status), check.severity != "error", -(check.rows or 0), check.rule),
        ),
        checked=len(checks),
    )


def inert_json(value: Mapping[str, object]) -> str:
    """JSON for a script element: no text in it can end the element, start a comment or look like a template."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _library(folder: Path) -> str:
    """Vega, Vega-Lite and Vega-Embed as one script, kept beside the page because putting it together takes seconds."""
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    kept = folder / f".scripts-{package_version('vl-convert-python')}-{version}.js"
    if not kept.exists():
        for old in folder.glob(".scripts-*.js"):
            old.unlink()
        bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=version)
        # In a function of its own, because its short names would otherwise be everybody's.
        safe = bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")
        write_whole(kept, f"(() => {{\n{safe}\n}})();")
    return kept.read_text(encoding="utf-8")


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _rule_page(rule: str) -> str:
    return f"../data_docs/rules/{url_quote(rule, safe='')}.html"


def _rank(status: str) -> int:
    return _ORDER.index(status) if status in _ORDER else len(_ORDER)
