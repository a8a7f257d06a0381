"""`salesops quarantine`: what is held back, why, and what to do about it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from orchestration.cli_options import with_place
from orchestration.settings import Settings
from warehouse.errors import ConfigurationError
from warehouse.ledger import Ledger

if TYPE_CHECKING:
    from ingestion.contract import Contract
    from ingestion.quarantine import Entry

SHOWN = 20
HELD = 2

_file = click.argument("file", metavar="FILE")
_by = click.option("--by", default="", metavar="NAME", help="In whose name [default: the user of this process]")


@click.group()
def quarantine() -> None:
    """Files and records that are held back: list them, look at them, try them again, decide to do without them.

    \b
    FILE is a name as `list` shows it, or the id beside it.
    """


@quarantine.command("list")
@with_place
@click.option("--all", "everything", is_flag=True, help="Those too that somebody decided to do without.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_(home: str | None, inbox: str | None, sources: str | None, everything: bool, as_json: bool) -> int:
    """Every file that is held back whole, or of which records were rejected. Exit code 2 if there is any."""
    import json

    from ingestion import quarantine as room
    from orchestration.messages import grid, options

    settings = Settings.find(home, inbox, sources)
    found = [entry for entry in room.entries(settings.home, settings.contracts()) if everything or entry.is_open]
    if as_json:
        click.echo(json.dumps([_plain(entry) for entry in found], indent=1, ensure_ascii=False))
    elif found:
        grid(
            ("file", "id", "state", "since", "why"),
            [(e.file.file_name, e.id, e.state, e.file.at[:10], e.reason) for e in found],
        )
        click.echo(f"Next: salesops quarantine show{options(settings)} FILE")
    else:
        click.echo("Nothing is held back.")
    return HELD if any(entry.is_open for entry in found) else 0


@quarantine.command()
@with_place
@_file
@click.option("--rows", default=SHOWN, show_default=True, metavar="N", help="How many rejected records to show.")
@click.option("--csv", "as_csv", is_flag=True, help="All of them: line, column, value, reason.")
@click.option("--records", is_flag=True, help="The records as they stand, under their header: mend them and drop them again.")
def show(home: str | None, inbox: str | None, sources: str | None, file: str, rows: int, as_csv: bool, records: bool) -> int:
    """Why a file or its records are held back: every line, column, value and reason."""
    from ingestion import landing
    from ingestion import quarantine as room
    from ingestion.erased_files import ErasedFiles
    from ingestion.examine import examine, records_of
    from ingestion.text import UnreadableError
    from orchestration.messages import grid, options

    settings = Settings.find(home, inbox, sources)
    entry = room.find(settings.home, settings.contracts(), file)
    contract = _contract(settings, entry)
    name = entry.file.file_name
    files = ErasedFiles.read(settings.home, Ledger(settings.home.ledger))
    path = landing.find(settings.home.landing, files.current(entry.file.key.sha256)).path
    examined = examine(path, name, contract)
    if records:
        try:
            click.echo(records_of(path, name, contract, [reject.line for reject in examined.rejects]), nl=False)
        except UnreadableError as error:
            raise ConfigurationError(f"{name}: {error}", "--records", "see the reason without that option") from error
        return 0
    table = [(str(r.line), r.column, r.value, r.reason) for r in examined.rejects]
    if as_csv:
        import pyarrow as pa

        from serving.formats import write_csv

        names = ("line", "column", "value", "reason")
        write_csv(pa.table({column: [row[i] for row in table] for i, column in enumerate(names)}), sys.stdout)
        return 0
    click.echo(f"{name} ({entry.state}): {entry.reason or examined.reason}")
    click.echo(f"Contract: {contract.id} ({contract.file.name}). First seen {entry.file.at[:16].replace('T', ' ')} UTC.")
    grid(("line", "column", "value", "reason"), table[:rows], numbers=("line",))
    if len(table) > rows:
        click.echo(f"... and {len(table) - rows:,} more: --rows {len(table)}, or --csv.")
    place = options(settings)
    for advice in _advice(entry):
        click.echo(advice.format(place=place, id=entry.id))
    return 0


@quarantine.command()
@with_place
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option("--accept", is_flag=True, help="Load it although a guard holds it; needs --reason.")
@click.option("--reason", default="", help="Why; kept in the ledger.")
@_by
def retry(
    home: str | None, inbox: str | None, sources: str | None, files: tuple[str, ...], accept: bool, reason: str, by: str
) -> int:
    """Judge files again, after a contract was mended or with --accept in spite of a guard; all that are open by default."""
    from ingestion import quarantine as room
    from ingestion.known_files import ACCEPT, RETRY
    from orchestration import messages, progress, steps
    from warehouse.lock import build_lock

    settings = Settings.find(home, inbox, sources)
    contracts = settings.contracts()
    if accept and not files:
        raise ConfigurationError("To accept needs a file", "FILE", "name the file; `salesops quarantine list` shows them")
    found = [room.find(settings.home, contracts, name) for name in files] or [
        entry for entry in room.entries(settings.home, contracts) if entry.is_open
    ]
    if not found:
        click.echo("Nothing is held back.")
        return 0
    with build_lock(settings.home, f"retry-{os.getpid()}"), progress.shown():
        for entry in found:
            room.decide(settings.home, entry, ACCEPT if accept else RETRY, reason, by or _user())
        report = steps.ingest(settings)
    messages.show_ingest(report)
    names = {entry.file.key.load_id for entry in found}
    left = [e for e in room.entries(settings.home, contracts) if e.is_open and e.file.key.load_id in names]
    done = len(found) - len(left)
    click.echo(f"{done} of {len(found)} are held back no more. `salesops run{messages.options(settings)}` publishes them.")
    return HELD if left else 0


@quarantine.command()
@with_place
@_file
@click.option("--reason", default="", help="Why; kept in the ledger.")
@_by
def discard(home: str | None, inbox: str | None, sources: str | None, file: str, reason: str, by: str) -> int:
    """Decide to do without a file, or without its rejected records; `retry` takes that back."""
    from ingestion import quarantine as room
    from ingestion.known_files import DISCARD
    from orchestration.messages import options

    settings = Settings.find(home, inbox, sources)
    entry = room.find(settings.home, settings.contracts(), file)
    room.decide(settings.home, entry, DISCARD, reason, by or _user())
    what = "its rejected records are" if entry.state == "rows" else "it is"
    click.echo(f"{entry.file.file_name}: {what} held back no more, and not loaded. Taken back by: ", nl=False)
    click.echo(f"salesops quarantine retry{options(settings)} {entry.id}")
    return 0


def _advice(entry: Entry) -> list[str]:
    if entry.state == "rows":
        return [
            "Mend them:  salesops quarantine show{place} {id} --records > mended.csv; then drop that under a like name",
            "Or do without them:  salesops quarantine discard{place} {id} --reason ...",
        ]
    if entry.state in ("held", "quarantined"):
        return [
            "Mend the contract or the export and try again:  salesops quarantine retry{place} {id}",
            "Load it as it is:  salesops quarantine retry{place} {id} --accept --reason ...",
            "Or do without it:  salesops quarantine discard{place} {id} --reason ...",
        ]
    return ["Take that back:  salesops quarantine retry{place} {id}"]


def _contract(settings: Settings, entry: Entry) -> Contract:
    return next(contract for contract in settings.contracts() if contract.id == entry.file.key.contract_id)


def _plain(entry: Entry) -> dict[str, object]:
    file = entry.file
    return {
        "file": file.file_name,
        "id": entry.id,
        "state": entry.state,
        "since": file.at,
        "reason": entry.reason,
        "contract": file.key.contract_id,
        "records": file.rows,
        "rejected": file.rejected,
    }


def _user() -> str:
    return os.environ.get("USER") or "unknown"
