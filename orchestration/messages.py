"""What the command prints: short tables and sentences for people, JSON for programs."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from ingestion.inbox_pass import IngestReport
from orchestration.launch import Outcome
from orchestration.settings import Settings
from orchestration.state import State
from warehouse.errors import StateError
from warehouse.text import printable

MANY = 8
FEW = 2
_UNBOUND = 160


def show_run(settings: Settings, outcome: Outcome) -> None:
    """The end of `salesops run`: what is served, what is held back, where to look."""
    console = _console()
    console.print(f"[bold]{outcome.headline}[/] ({outcome.seconds:.1f} s)", highlight=False)
    if outcome.served is not None:
        grid(("table", "rows"), [(t.full_name, f"{t.rows:,}") for t in outcome.served.tables if t.schema != "core"])
    for name, reason in outcome.held:
        click.echo(f"Held back: {name}: {reason}")
    if outcome.rejected:
        click.echo(f"Rejected records: {outcome.rejected:,}.")
    if outcome.held or outcome.rejected:
        click.echo(f"What to do about them: salesops quarantine list{options(settings)}")
    _unclaimed(outcome.unclaimed)
    for note in outcome.notes:
        click.echo(f"Note: {note}")
    docs = settings.home.reports / "data_docs" / "index.html"
    home = options(settings)
    home_only = options(replace(settings, sources=None))
    click.echo("Look next:")
    click.echo(
        f'  salesops query{home_only} "select * from kpi.team_performance_month where is_default_scope order by month_start"'
    )
    click.echo(f"  {_short(settings.home.plan_book)} (the plan book)   {_short(docs)} (validation report)")
    click.echo(f"  salesops plan show{home}")
    click.echo(f"  salesops ui{home} (lineage, checks, schedules)   salesops status{home}")


def options(settings: Settings) -> str:
    """What a command needs to work on the same place, with a blank before it; nothing for ./var."""
    given = "" if settings.home.root == Path("var").resolve() else f" --home {shlex.quote(_short(settings.home.root))}"
    if settings.sources is not None and settings.sources != settings.home.company:
        given += f" --sources {shlex.quote(_short(settings.sources))}"
    return given


def show_ingest(report: IngestReport, as_json: bool = False) -> None:
    """The end of `salesops ingest`: each file that is new, what came of it, and its rejected records."""
    if as_json:
        click.echo(json.dumps(report.as_dict(), indent=1, default=str, ensure_ascii=False))
        return
    rows = []
    known = {file.name for file in report.files if file.status == "known"}
    for file in report.files:
        if file.name in known:
            continue
        counts = ", ".join(f"{c.object} {c.loaded:,}" + (f" (-{c.rejected:,})" if c.rejected else "") for c in file.counts)
        rows.append((file.name, file.status, file.reason or counts))
    grid(("file", "outcome", "records"), rows)
    if known:
        click.echo(f"{len(known):,} files are known already.")
    for file in report.files:
        if file.warning:
            click.echo(f"{file.name}: unusual, but loaded: {file.warning}")
        if file.extra:
            click.echo(f"{file.name}: columns the contract does not name, kept in _extra: {', '.join(file.extra)}")
    new = [reject for reject in report.rejects if reject.file_name not in known]
    for reject in new[:MANY]:
        place = f"{reject.file_name}, line {reject.line}, column {reject.column!r}"
        click.echo(f"Rejected: {place}, {reject.value!r}: {reject.reason}")
    if len(new) > MANY:
        click.echo(f"... and {len(new) - MANY:,} more; `salesops quarantine show FILE` lists them.")
    if old := len(report.rejects) - len(new):
        click.echo(f"Of known files {old:,} records stay rejected; `salesops quarantine list` names them.")
    _unclaimed(report.unclaimed)
    if not report.files:
        click.echo("The inbox holds no file that a contract claims.")


def show_checks(result: Any, docs: Path) -> None:
    """The end of `salesops validate`: counts, what is not well, and the report."""
    counts = ", ".join(f"{number} {status.value}" for status, number in result.counts().items() if number)
    click.echo(f"Checks: {counts or 'none'}.")
    for check in result.results:
        if check.status.value != "passed":
            click.echo(f"  {check.status.value}: {check.name}: {check.detail}")
    click.echo(f"Report: {_short(docs)}")


def show_status(state: State, as_json: bool) -> None:
    """`salesops status`."""
    if as_json:
        click.echo(json.dumps(state.as_dict(), indent=1, default=str, ensure_ascii=False))
        return
    for name, value in state.sentences():
        click.echo(f"{name:<16}{value}")


def require_build(settings: Settings) -> None:
    """Refuse to go on without a build file.

    Raises:
        StateError: nothing was built here yet.
    """
    if not settings.home.build.is_file():
        raise StateError("Nothing was built here yet", str(settings.home.build), "run `salesops run` first, or name its --home")


def _unclaimed(names: Iterable[str]) -> None:
    listed = list(names)
    if listed:
        more = ", ..." if len(listed) > FEW else ""
        click.echo(f"Not read, as no contract claims them: {len(listed)} files of the inbox ({', '.join(listed[:FEW])}{more})")


def grid(header: tuple[str, ...], rows: Sequence[tuple[str, ...]], numbers: Sequence[str] = ("rows",)) -> None:
    """A table without lines; the columns named in `numbers` are right-aligned."""
    if not rows:
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for index, name in enumerate(header):
        table.add_column(name, justify="right" if name in numbers else "left", overflow="fold", no_wrap=index == 0)
    for row in rows:
        # A file's name or value is text, never markup.
        table.add_row(*(printable(cell).replace("[", "\\[") for cell in row))
    _console().print(table, highlight=False)


def _console() -> Console:
    """As wide as the terminal; a file or a pipe has no width, and 80 columns would fold every table."""
    return Console() if sys.stdout.isatty() or "COLUMNS" in os.environ else Console(width=_UNBOUND)


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
