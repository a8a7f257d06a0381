"""Data Docs: what the gates found, for people; static pages that open from disk and ask nobody for anything.

Our own templates over Great Expectations' results: the library's pages fetch scripts, styles and pictures from eight hosts.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from expectations.conditions import SQL_RULE
from expectations.verdict import GateResult, RuleResult, Status, combine
from warehouse.errors import disk_full, is_disk_full

SHOWN_ROWS = 1000

_TEMPLATES = Path(__file__).parent / "templates"
_LABELS = {
    "passed": "passed",
    "warned": "warned",
    "accepted": "accepted",
    "failed": "failed",
    "errored": "errored",
    "not_run": "not run",
    "blocked": "blocked",
}
_MEANINGS = {
    "passed": "The data is as it should be.",
    "warned": "Rows fail, few enough to publish.",
    "accepted": "It fails, and a person decided to publish all the same.",
    "failed": "The data is not as it should be; nothing is published.",
    "errored": "The check could not be carried out; nothing is published.",
    "not_run": "The check was expected and did not report; nothing is published.",
    "blocked": "The check could not run because something before it is missing; nothing is published.",
}


def write_data_docs(results: Sequence[GateResult], out: Path, title: str, run_id: str, as_of: dt.date | str) -> Path:
    """Write the pages into a new folder and put it in the place of the old one in one step.

    Args:
        results: the verdicts of the gates, in the order of the layers.
        out: where the pages are found afterwards; a link to the folder that holds them.
        title: heading of the index.
        run_id: which run the pages are about.
        as_of: the day the data stands for.

    Returns:
        the index page.

    Raises:
        DiskFullError: there is no room; the old pages stay.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        draft.chmod(0o755)
        _write_pages(results, draft, {"title": title, "run_id": run_id, "as_of": str(as_of)})
        _swap(draft, out)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        if is_disk_full(error):
            raise disk_full(error, str(out)) from error
        raise
    return out / "index.html"


def _write_pages(results: Sequence[GateResult], folder: Path, common: dict[str, str]) -> None:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(percent=_percent, number=_number, sentence=_sentence)
    # The one text that is not escaped: our own file.
    style = Markup((_TEMPLATES / "style.css").read_text(encoding="utf-8"))  # noqa: S704
    environment.globals.update(labels=_LABELS, meanings=_MEANINGS, style=style, **common)
    verdict = combine(results)
    page = environment.get_template("index.html").render(
        verdict=verdict,
        gates=results,
        results=verdict.results,
        table_count=len({result.table for result in verdict.results}),
        headline=headline(verdict),
        sentence=_summary(verdict),
        attention=[result for result in verdict.results if result.status in (Status.WARNED, Status.ACCEPTED)],
    )
    (folder / "index.html").write_text(page, encoding="utf-8")
    rules = folder / "rules"
    rules.mkdir()
    template = environment.get_template("rule.html")
    for result in verdict.results:
        lines, total = _failing_rows(result)
        page = template.render(
            result=result,
            state=verdict.tables.get(result.table),
            sql=result.kwargs["unexpected_rows_query"] if result.expectation == SQL_RULE else "",
            arguments=[(name, json.dumps(value, ensure_ascii=False, default=str)) for name, value in result.kwargs.items()],
            consequence=_consequence(result),
            key_names=list(lines[0]["names"]) if lines else [],
            rows=lines,
            total=total,
        )
        (rules / f"{result.name}.html").write_text(page, encoding="utf-8")
        if lines:
            shutil.copyfile(f"{result.failing_rows}.csv", rules / f"{result.name}.csv")


def headline(verdict: GateResult) -> str:
    """The verdict in a sentence that needs no explanation."""
    count = len(verdict.blocking)
    if verdict.may_publish:
        return "Nothing blocks publishing"
    if count:
        return f"{count} rule{'s block' if count > 1 else ' blocks'} publishing"
    return "Publishing is blocked: not everything was checked"


def _summary(verdict: GateResult) -> str:
    counts = {status: count for status, count in verdict.counts().items() if count}
    parts = [f"{count} {status.value.replace('_', ' ')}" for status, count in counts.items()]
    tail = "Readers get this data." if verdict.may_publish else "Readers keep the last good version."
    return f"{', '.join(parts)}. {tail}" if parts else tail


def _consequence(result: RuleResult) -> str:
    if result.severity == "error":
        return "Nothing is published until it is mended or a person accepts it by name."
    if result.max_failure_rate is None:
        return "It warns; the data is published."
    return f"It warns up to {100 * result.max_failure_rate:g} % of the rows; above that nothing is published."


def _failing_rows(result: RuleResult) -> tuple[list[dict[str, Any]], int]:
    """The first rows to show, and how many there are."""
    if result.failing_rows is None:
        return [], 0
    import pyarrow.parquet as pq

    # Opened as a file: a path given to DuckDB would be read as a pattern.
    with pq.ParquetFile(f"{result.failing_rows}.parquet") as file:
        total = file.metadata.num_rows
        first = next(file.iter_batches(batch_size=SHOWN_ROWS), None)
        rows = first.to_pylist() if first is not None else []
    lines = []
    for row in rows:
        key = json.loads(row["key"]) if row["key"] else {}
        cells = [_cell(value) for value in key.values()]
        lines.append({"names": list(key), "key": cells, "column": row["column"], "value": row["value"]})
    return lines, total


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _swap(draft: Path, out: Path) -> None:
    """Make `out` lead to the new folder; a reader sees the old pages or the new ones, never a mixture."""
    if out.is_dir() and not out.is_symlink():
        out.rename(out.with_name(f".{out.name}-before"))
    link = out.with_name(f".{out.name}-link")
    link.unlink(missing_ok=True)
    link.symlink_to(draft.name, target_is_directory=True)
    link.replace(out)
    for old in out.parent.glob(f".{out.name}-*"):
        if old.name != draft.name and old.is_dir() and not old.is_symlink():
            shutil.rmtree(old)


def _percent(rate: float | None) -> str:
    if rate is None:
        return "–"
    if rate in (0, 1):
        return f"{100 * rate:.0f} %"
    return "< 0.01 %" if rate < 0.0001 else f"{100 * rate:.2f} %"


def _number(count: int | None) -> str:
    return "–" if count is None else f"{count:,}"


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
