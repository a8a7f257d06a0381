"""One pass over the inbox: what is new is landed and loaded, what is known is left, what does not fit is quarantined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from ingestion import canonical, inbox, landing, load, records
from ingestion.contract import Contract
from ingestion.decode import UnreadableError
from ingestion.inbox import Found
from ingestion.origin import Origin
from ingestion.records import FileKey, Remembered
from warehouse import database
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.progress import Progress, silent

LOADED, QUARANTINED, KNOWN, REFUSED, GROWING = "loaded", "quarantined", "known", "refused", "growing"


@dataclass(frozen=True)
class FileOutcome:
    """What came of one file: status, why, and its counts by object."""

    name: str
    contract: str
    status: str
    reason: str = ""
    counts: tuple[load.ObjectCount, ...] = ()
    extra: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass
class IngestReport:
    """What came of one pass. `as_of` is the largest asOf value of all loads, None for an empty warehouse."""

    files: list[FileOutcome] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)
    removed: int = 0
    as_of: dt.datetime | None = None
    rejects: list[records.RejectedRecord] = field(default_factory=list)

    def with_status(self, *statuses: str) -> list[FileOutcome]:
        """The files of a status."""
        return [file for file in self.files if file.status in statuses]

    @property
    def held(self) -> list[FileOutcome]:
        """Files that somebody has to look at or wait for."""
        return self.with_status(QUARANTINED, REFUSED, GROWING)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"as_of": self.as_of.isoformat() if self.as_of else None}


def ingest(home: Home, contracts: Sequence[Contract], folder: Path, progress: Progress = silent) -> IngestReport:
    """Bring the raw tables to what the ledger and the inbox say.

    Loads that the ledger knows and the build file lacks are made again from landing; loads whose contract changed or is
    gone are taken out. Whatever the order of arrival, the raw tables end up the same.

    Raises:
        InboxError, DiskFullError, StateError: see warehouse.errors; what was loaded before stays loaded.
    """
    seen = inbox.scan(folder, contracts)
    ledger = Ledger(home.ledger)
    connection = database.connect(home.build)
    try:
        canonical.create_all(connection)
        records.create_tables(connection)
        work = _Pass(home, contracts, ledger, connection, progress)
        report = work.run(seen)
        connection.execute("CHECKPOINT")
        return report
    finally:
        connection.close()


def pending(home: Home, contracts: Sequence[Contract], folder: Path, second_look: bool = True) -> bool:
    """Whether the inbox or a contract holds something that the ledger has not judged yet. Reads, never writes.

    Without the second look a file that is still growing counts as something new.

    Raises:
        InboxError: the inbox does not exist or cannot be read.
    """
    known = records.remembered(Ledger(home.ledger).events(records.LOADED, records.QUARANTINED))
    versions = {contract.id: records.version_of(contract) for contract in contracts}
    if any(versions.get(file.key.contract_id, file.version) != file.version for file in known.values()):
        return True
    seen = inbox.scan(folder, contracts, second_look)
    return any(_key_of(found) not in known for found in seen.claimed)


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
    events = Ledger(home.ledger).events(records.LOADED, records.QUARANTINED)
    known = records.remembered(events)
    counts = {event.body["load_id"]: sum(o["rejected"] for o in event.body.get("objects", [])) for event in events}
    files = dict(seen.refused) | dict.fromkeys(seen.growing, "it is still being written")
    rejected = 0
    for found in seen.claimed:
        key = _key_of(found)
        file = known.get(key)
        if file is not None and file.status == records.QUARANTINED:
            files[found.name] = file.reason
        elif file is not None:
            rejected += counts[key.load_id]
    return Held(files, rejected, seen.unclaimed)


def business_date(connection: duckdb.DuckDBPyConnection, zone: ZoneInfo) -> dt.date | None:
    """The default of as_of: the largest asOf value of all loads as a day in the company's zone."""
    moment = records.latest_moment(connection)
    return moment.replace(tzinfo=dt.UTC).astimezone(zone).date() if moment else None


def input_state(home: Home, contracts: Sequence[Contract]) -> list[str]:
    """What the marts depend on, as the ledger has it: every wanted load with the version it is made by, sorted."""
    ids = {contract.id for contract in contracts}
    known = records.remembered(Ledger(home.ledger).events(records.LOADED, records.QUARANTINED))
    return sorted(f"{file.key.load_id}:{file.version}:{file.status}" for file in known.values() if file.key.contract_id in ids)


class _Pass:
    def __init__(
        self,
        home: Home,
        contracts: Sequence[Contract],
        ledger: Ledger,
        connection: duckdb.DuckDBPyConnection,
        progress: Progress,
    ) -> None:
        self.home = home
        self.contracts = {contract.id: contract for contract in contracts}
        self.ledger = ledger
        self.connection = connection
        self.progress = progress
        self.known = records.remembered(ledger.events(records.LOADED, records.QUARANTINED))
        self.sizes = {file.size for file in self.known.values()}
        self.report = IngestReport()

    def run(self, seen: inbox.Scan) -> IngestReport:
        self.report.unclaimed = list(seen.unclaimed)
        self.report.files += [FileOutcome(name, "", REFUSED, reason) for name, reason in seen.refused.items()]
        self.report.files += [FileOutcome(name, "", GROWING, "it is still being written") for name in seen.growing]
        self._remove_unwanted()
        again = self._to_load_again()
        total, done = len(again) + len(seen.claimed), 0
        for file in again:
            self.progress("ingest", done, total, file.file_name)
            self._load(file.key, file.file_name, landing.find(self.home.landing, file.key.sha256), file)
            done += 1
        for found in seen.claimed:
            self.progress("ingest", done, total, found.name)
            self._take(found)
            done += 1
        self.progress("ingest", done, total)
        self.report.as_of = records.latest_moment(self.connection)
        self.report.rejects = records.rejected(self.connection)
        return self.report

    def _remove_unwanted(self) -> None:
        wanted = {
            file.key.load_id: records.version_of(self.contracts[file.key.contract_id])
            for file in self.known.values()
            if file.status == records.LOADED and file.key.contract_id in self.contracts
        }
        for load_id, (version, source, sha256, moment) in records.in_build(self.connection).items():
            if wanted.get(load_id) != version:
                self.connection.execute("BEGIN")
                load.remove(self.connection, Origin(source, sha256, moment))
                records.forget(self.connection, load_id)
                self.connection.execute("COMMIT")
                self.report.removed += 1

    def _to_load_again(self) -> list[Remembered]:
        """What the ledger loaded and the build file lacks, and what was judged under another version of its contract."""
        present = records.in_build(self.connection)
        files = [file for file in self.known.values() if file.key.contract_id in self.contracts]
        return [
            file
            for file in files
            if file.version != records.version_of(self.contracts[file.key.contract_id])
            or (file.status == records.LOADED and file.key.load_id not in present)
        ]

    def _take(self, found: Found) -> None:
        contract = found.contract
        try:
            moment = _extract_time(contract, found.name)
        except UnreadableError as error:
            sha256, _ = landing.fingerprint(found.path)
            self._quarantine(FileKey(contract.id, sha256, None), found.name, found.size, str(error))
            return
        # Only a file whose size was seen before can be known: all others are read once, on their way to landing.
        known_sha = landing.fingerprint(found.path)[0] if found.size in self.sizes else None
        before = self.known.get(FileKey(contract.id, known_sha, moment)) if known_sha else None
        if before is not None and before.version == records.version_of(contract):
            status = KNOWN if before.status == records.LOADED else QUARANTINED
            self.report.files.append(FileOutcome(found.name, contract.id, status, before.reason))
            return
        landed = landing.land(found, self.home.landing)
        if landed is None or landed.sha256 != (known_sha or landed.sha256):
            self.report.files.append(FileOutcome(found.name, contract.id, GROWING, "it changed while it was read"))
            return
        self.sizes.add(found.size)
        self._load(FileKey(contract.id, landed.sha256, moment), found.name, landed, before)

    def _load(self, key: FileKey, name: str, landed: landing.Landed, before: Remembered | None) -> None:
        contract = self.contracts[key.contract_id]
        version = records.version_of(contract)

        def seal(result: load.LoadResult) -> None:
            records.remember(self.connection, key, contract, name, result)
            if before is None or before.status != records.LOADED or before.version != version:
                counts = [asdict(count) for count in result.counts]
                self.ledger.append(records.LOADED, records.event_body(key, name, landed.size, version) | {"objects": counts})
            self.known[key] = Remembered(key, name, landed.size, records.LOADED, version, "")

        try:
            origin = Origin(contract.source, key.sha256, key.extract_time)
            result = load.load(self.connection, landed, contract, origin, self.home.scratch, seal)
        except UnreadableError as error:
            self._quarantine(key, name, landed.size, str(error))
            return
        self.report.files.append(FileOutcome(name, contract.id, LOADED, "", tuple(result.counts), result.extra, result.absent))

    def _quarantine(self, key: FileKey, name: str, size: int, reason: str) -> None:
        version = records.version_of(self.contracts[key.contract_id])
        before = self.known.get(key)
        if before is None or (before.status, before.version) != (records.QUARANTINED, version):
            self.ledger.append(records.QUARANTINED, records.event_body(key, name, size, version) | {"reason": reason})
        self.known[key] = Remembered(key, name, size, records.QUARANTINED, version, reason)
        self.report.files.append(FileOutcome(name, key.contract_id, QUARANTINED, reason))


def _key_of(found: Found) -> FileKey:
    sha256, _ = landing.fingerprint(found.path)
    try:
        moment = _extract_time(found.contract, found.name)
    except UnreadableError:
        moment = None
    return FileKey(found.contract.id, sha256, moment)


def _extract_time(contract: Contract, name: str) -> dt.datetime | None:
    if contract.extract_time is None:
        return None
    try:
        return contract.extract_time.read(name)
    except ValueError as error:
        raise UnreadableError(f"the extract time in its name cannot be read: {error}") from error
