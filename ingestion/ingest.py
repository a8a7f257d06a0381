"""What the rest asks of ingestion: bring the raw tables up to date, and say what is pending, held or missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from ingestion import canonical, inbox, judge, known_files, records
from ingestion.contract import Contract
from ingestion.erased_files import ErasedFiles
from ingestion.inbox_pass import GROWING, IngestReport, Pass, look_up
from ingestion.known_files import DISCARD_ROWS, LOADED
from warehouse import database
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.progress import Progress, silent


def ingest(home: Home, contracts: Sequence[Contract], folder: Path, progress: Progress = silent) -> IngestReport:
    """Bring the raw tables to what the ledger and the inbox say.

    Loads that the ledger knows and the build file lacks are made again from landing; loads whose contract changed or is
    gone are taken out. Whatever the order of arrival, the raw tables end up the same.

    Raises:
        InboxError, DiskFullError, StateError: see warehouse.errors; what was loaded before stays loaded.
    """
    seen = inbox.scan(folder, contracts)
    connection = database.connect(home.build)
    try:
        canonical.create_all(connection)
        canonical.create_all(connection, [entry.target for contract in contracts for entry in contract.entries])
        records.create_tables(connection)
        report = Pass(home, contracts, Ledger(home.ledger), connection, progress).run(seen)
        connection.execute("CHECKPOINT")
        return report
    finally:
        connection.close()


def pending(home: Home, contracts: Sequence[Contract], folder: Path, second_look: bool = True) -> bool:
    """Whether the inbox, a contract or a decision holds something that the ledger has not judged yet. Reads, never writes.

    Without the second look a file that is still growing counts as something new.

    Raises:
        InboxError: the inbox does not exist or cannot be read.
    """
    known = known_files.read(Ledger(home.ledger))
    versions = {contract.id: known_files.version_of(contract) for contract in contracts}
    for file in known.values():
        if file.is_discarded:
            continue
        if versions.get(file.key.contract_id, file.version) != file.version or file.is_to_judge:
            return True
    seen = inbox.scan(folder, contracts, second_look)
    erased = ErasedFiles.read(home, Ledger(home.ledger))
    return any(look_up(found, known, erased) is None for found in seen.claimed)


@dataclass(frozen=True)
class Held:
    """What of the files that lie in the inbox is not in the raw tables: whole files with the reason, and single records."""

    files: dict[str, str]
    rejected: int
    unclaimed: list[str]


def held(home: Home, contracts: Sequence[Contract], folder: Path) -> Held:
    """What somebody should look at or wait for, as the ledger has it. Reads, never writes.

    Raises:
        InboxError: the inbox does not exist or cannot be read.
    """
    seen = inbox.scan(folder, contracts, second_look=False)
    known = known_files.read(Ledger(home.ledger))
    verdicts = judge.verdicts(known, contracts)
    files = dict(seen.refused) | dict.fromkeys(seen.growing, GROWING)
    rejected = 0
    erased = ErasedFiles.read(home, Ledger(home.ledger))
    for found in seen.claimed:
        file = look_up(found, known, erased)
        if file is None:
            continue
        verdict = verdicts[file.key]
        if verdict.status in (known_files.QUARANTINED, judge.HELD):
            files[found.name] = verdict.reason
        elif verdict.status == LOADED and file.decision != DISCARD_ROWS:
            rejected += file.rejected
    return Held(files, rejected, seen.unclaimed)


def business_date(connection: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> dt.date | None:
    """The default of as_of: the largest asOf value of all loads as a day in the company's zone."""
    moment = records.latest_moment(connection)
    return moment.replace(tzinfo=dt.UTC).astimezone(zone).date() if moment else None


def input_state(home: Home, contracts: Sequence[Contract]) -> list[str]:
    """What the marts depend on, as the ledger has it: every wanted load with the version it is made by, sorted."""
    known = known_files.read(Ledger(home.ledger))
    verdicts = judge.verdicts(known, contracts)
    latest = ErasedFiles.read(home, Ledger(home.ledger)).latest
    return sorted(
        f"{key.load_id}:{known[key].version}:{verdict.status}:{latest.get(key.sha256, '')}" for key, verdict in verdicts.items()
    )
