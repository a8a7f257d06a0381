"""What `salesops ingest --explain` prints: what would come of one file, for a person or for a program."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import click

from ingestion import file_names, known_files, rehearsal
from ingestion.rehearsal import BY_HEADER, Rehearsal
from orchestration.messages import grid
from orchestration.settings import Settings
from warehouse.errors import InboxError
from warehouse.ledger import Ledger
from warehouse.text import printable


def explain(settings: Settings, file: str, as_json: bool) -> int:
    """Say what would come of one file; the exit code.

    Raises:
        InboxError: there is no such file, or no contract is for it.
    """
    path = Path(file)
    if path.is_dir():
        raise InboxError("It is a folder", file, "name one of its files; `salesops ingest` reads those of the inbox")
    if not path.is_file():
        raise InboxError("There is no such file", file, "name a file that exists")
    chosen = rehearsal.choose(path, settings.inbox, settings.contracts())
    if chosen is None:
        given = shlex.quote(file)
        raise InboxError(
            "No contract claims this file, and none knows columns like its",
            file,
            f"draft one: `salesops contract new {given}`, or, if its records are of a kind of their own, "
            f"`salesops contract new {given} --object {file_names.own_name(path)}`",
        )
    known = known_files.read(Ledger(settings.home.ledger)) if settings.home.ledger.exists() else {}
    found = rehearsal.rehearse(path, *chosen, known)
    show(found, as_json)
    return 0 if found.would_load and not found.rejected else 2


def show(found: Rehearsal, as_json: bool) -> None:
    """The report on one file."""
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=1, ensure_ascii=False, default=str))
        return
    click.echo(f"File      {found.file}")
    note = "; no contract claims its path, so a run would leave it alone" if found.chosen_by == BY_HEADER else ""
    click.echo(f"Contract  {found.contract} (by {found.chosen_by}{note})")
    same = sum(column == label for column, label in found.matched)
    others = ", ".join(f"{printable(label)} is {column}" for column, label in found.matched if column != label)
    click.echo(
        f"Matched   {len(found.matched)} columns, {same} of them by the canonical name" + (f"; {others}" if others else "")
    )
    for is_needed, title in ((True, "Missing   "), (False, "Absent    ")):
        items = [printable(label) + _renamed(near) for label, needed, near in found.missing if needed == is_needed]
        if items:
            click.echo(title + "; ".join(items) + (" (without it no file is loaded)" if is_needed else " (may be absent)"))
    if found.unknown:
        unknown = "; ".join(printable(label) + _renamed(near) for label, near in found.unknown)
        click.echo(f"Unknown   {unknown} (kept in _extra)")
    if found.is_reordered:
        click.echo("Order     another than in the contract, which does no harm")
    if found.counts:
        grid(
            ("object", "read", "loaded", "rejected"),
            [(c.object, f"{c.read:,}", f"{c.loaded:,}", f"{c.rejected:,}") for c in found.counts],
            numbers=("read", "loaded", "rejected"),
        )
    rows = [
        (failure.object, str(reject.line), failure.column or "(line)", reject.value[:40], failure.reason if not index else "")
        for failure in found.failures
        for index, reject in enumerate(failure.first)
    ]
    grid(("object", "line", "column", "value", "why it is rejected"), rows, numbers=("line",))
    for failure in found.failures:
        if failure.records > len(failure.first):
            click.echo(
                f"  {failure.column or 'lines'} ({failure.object}): {failure.records:,} records in all: {failure.reason}"
            )
    if found.warning:
        click.echo(f"Unusual   {found.warning}")
    click.echo(f"Verdict   {verdict(found)}")
    if found.reason and found.chosen_by == BY_HEADER:
        click.echo(f"          A contract of its own may fit better: salesops contract new {shlex.quote(found.file)}")


def verdict(found: Rehearsal) -> str:
    """One sentence: would load, or would be quarantined or held because."""
    if found.reason:
        return f"it would be quarantined: {found.reason}."
    if found.held:
        return f"it would be held until a person decides: {found.held}."
    if found.rejected:
        return f"it would load; {found.rejected:,} records would be rejected."
    return "it would load, every record of it."


def _renamed(near: str) -> str:
    return f" (renamed? {printable(near)})" if near else ""
