"""One pass over the inbox: what is new is landed and loaded, what is known is left, what does not fit is held back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any

import duckdb

from ingestion import inbox, judge, known_files, landing, load, records
from ingestion.contract import Contract
from ingestion.erased_files import ErasedFiles, is_writable
from ingestion.inbox import Found
from ingestion.judge import DISCARDED, HELD, Verdict
from ingestion.known_files import LOADED, QUARANTINED, FileKey, KnownFile
from ingestion.origin import Origin
from ingestion.text import UnreadableError
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.progress import Progress

GROWING = "it is still being written"


@dataclass(frozen=True)
class FileOutcome:
    """What came of one file: loaded, known, quarantined, held, discarded, refused or growing; why, and counts by object."""

    name: str
    contract: str
    status: str
    reason: str = ""
    counts: tuple[load.ObjectCount, ...] = ()
    extra: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    warning: str = ""


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
        return self.with_status("quarantined", "held", "refused", "growing")

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"as_of": self.as_of.isoformat() if self.as_of else None}


_STATUS = {LOADED: "known", QUARANTINED: "quarantined", HELD: "held", DISCARDED: "discarded"}


def look_up(found: Found, known: Mapping[FileKey, KnownFile], erased: ErasedFiles) -> KnownFile | None:
    """What is known of a file of the inbox; reads the file. Nothing is of one that holds somebody who was erased of it."""
    sha256, _ = landing.fingerprint(found.path)
    if erased.is_outdated(sha256) and is_writable(found.path):
        return None
    sha256 = erased.origin(sha256)
    time = found.contract.extract_time
    if time is not None and time.column:
        same = (file for file in known.values() if (file.key.contract_id, file.key.sha256) == (found.contract.id, sha256))
        return next(same, None)
    try:
        moment = time.of_name(found.name) if time is not None else None
    except ValueError:
        moment = None
    return known.get(FileKey(found.contract.id, sha256, moment))


class Pass:
    """One pass. The ledger is written first and the build file second: a crash between the two heals itself."""

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
        self.versions = {contract.id: known_files.version_of(contract) for contract in contracts}
        self.ledger = ledger
        self.connection = connection
        self.progress = progress
        self.known = known_files.read(ledger)
        self.erased = ErasedFiles.read(home, ledger)
        self.sizes = {file.size for file in self.known.values()} | self.erased.sizes
        self.outcomes: dict[str, tuple[FileKey, FileOutcome]] = {}
        self.report = IngestReport()
        self._not_read: set[tuple[str, dt.datetime]] = set()

    def run(self, seen: inbox.Scan) -> IngestReport:
        """Judge and load everything; see ingest.ingest."""
        self.report.unclaimed = list(seen.unclaimed)
        self.report.files += [FileOutcome(name, "", "refused", reason) for name, reason in seen.refused.items()]
        self.report.files += [FileOutcome(name, "", "growing", GROWING) for name in seen.growing]
        self._not_read = set(self._moments_of({*seen.refused, *seen.growing}))
        self._take_out()
        again = self._to_load_again()
        total = len(again) + len(seen.claimed)
        for done, file in enumerate(again):
            self.progress("ingest", done, total, file.file_name)
            self._load_again(file)
        for done, found in enumerate(seen.claimed, start=len(again)):
            self.progress("ingest", done, total, found.name)
            self._take(found)
        self.progress("ingest", total, total)
        verdicts = self._settle()
        self._note_full_loads(verdicts)
        self._report(verdicts)
        return self.report

    def _verdicts(self) -> dict[FileKey, Verdict]:
        return judge.verdicts(self.known, self.contracts.values())

    def _take_out(self) -> int:
        """Take out of the build file what is not wanted there (any more): of another version, held or discarded."""
        wanted = {
            key.load_id: self.versions[key.contract_id] for key, verdict in self._verdicts().items() if verdict.status == LOADED
        }
        removed = 0
        for load_id, (version, source, sha256, moment) in records.in_build(self.connection).items():
            if wanted.get(load_id) != version:
                self.connection.execute("BEGIN")
                load.remove(self.connection, Origin(source, sha256, moment), records.objects_of(self.connection, load_id))
                records.forget(self.connection, load_id)
                self.connection.execute("COMMIT")
                removed += 1
        self.report.removed += removed
        return removed

    def _to_load_again(self) -> list[KnownFile]:
        """What should be in the build file and is not, and what was judged under another contract or decision."""
        present = records.in_build(self.connection)
        return [
            self.known[key]
            for key, verdict in self._verdicts().items()
            if verdict.status != DISCARDED
            and (
                self.known[key].version != self.versions[key.contract_id]
                or self.known[key].is_to_judge
                or (verdict.status == LOADED and key.load_id not in present)
            )
        ]

    def _settle(self) -> dict[FileKey, Verdict]:
        """Hold the build file to the verdicts that follow from all files together, the new ones included."""
        self._take_out()
        for file in self._to_load_again():
            self._load_again(file)
        return self._verdicts()

    def _load_again(self, file: KnownFile) -> None:
        """Load a file from landing; one whose contract now reads another extract time is another load from then on."""
        key, landed = file.key, landing.find(self.home.landing, self.erased.current(file.key.sha256))
        contract = self.contracts[key.contract_id]
        if file.version != self.versions[contract.id]:
            with suppress(UnreadableError):
                moment = load.extract_time(self.connection, landed, file.file_name, contract, self.home.scratch)
                if moment != key.extract_time:
                    body = known_files.body_of(key, file.file_name, file.size, file.version)
                    self.ledger.append(known_files.SUPERSEDED, body)
                    del self.known[key]
                    key = FileKey(key.contract_id, key.sha256, moment)
        self._load(key, file.file_name, landed, self.known.get(key))

    def _take(self, found: Found) -> None:
        # Only a file whose size was seen before can be known: all others are read once, on their way to landing.
        before = look_up(found, self.known, self.erased) if found.size in self.sizes else None
        if before is not None and before.version == self.versions[found.contract.id]:
            # A file that was loaded from landing in this very pass has its outcome already.
            self.outcomes.setdefault(found.name, (before.key, FileOutcome(found.name, found.contract.id, "known")))
            return
        without = self.erased.apply(found, self.ledger)
        if without is not found:
            self.sizes |= self.erased.sizes
            self._take(without)
            return
        landed = landing.land(found, self.home.landing)
        if landed is None:
            self._leave_growing(found)
            return
        try:
            self._load_new(found, landed, before)
        except landing.ChangedError:
            self._leave_growing(found)

    def _leave_growing(self, found: Found) -> None:
        self._not_read |= set(self._moments_of([found.name]))
        self.report.files.append(FileOutcome(found.name, found.contract.id, "growing", "it changed while it was read"))

    def _load_new(self, found: Found, landed: landing.Landed, before: KnownFile | None) -> None:
        self.sizes.add(found.size)
        try:
            moment = load.extract_time(self.connection, landed, found.name, found.contract, self.home.scratch)
        except UnreadableError as error:
            key = FileKey(found.contract.id, self.erased.origin(landed.sha256), None)
            self._quarantine(key, found.name, landed, str(error))
            return
        self._load(FileKey(found.contract.id, self.erased.origin(landed.sha256), moment), found.name, landed, before)

    def _load(self, key: FileKey, name: str, landed: landing.Landed, before: KnownFile | None) -> None:
        contract, version = self.contracts[key.contract_id], self.versions[key.contract_id]

        def seal(result: load.LoadResult) -> None:
            records.remember(self.connection, key, contract, name, result)
            landed.wait()
            is_news = before is None or (before.status, before.version) != (LOADED, version) or before.is_to_judge
            if is_news:
                body = known_files.body_of(key, name, landed.size, version) | known_files.facts_of(result)
                self.ledger.append(LOADED, body)

        try:
            origin = Origin(contract.source, key.sha256, key.extract_time)
            is_accepted = before is not None and before.is_accepted
            result = load.load(self.connection, landed, name, contract, origin, self.home.scratch, seal, is_accepted)
        except UnreadableError as error:
            self._quarantine(key, name, landed, str(error))
            return
        self._know(key, name, landed.size, LOADED, "", result)
        outcome = FileOutcome(name, contract.id, "loaded", "", tuple(result.counts), result.extra, result.absent)
        self.outcomes[name] = (key, outcome)

    def _quarantine(self, key: FileKey, name: str, landed: landing.Landed, reason: str) -> None:
        landed.wait()
        size = landed.size
        version = self.versions[key.contract_id]
        before = self.known.get(key)
        if before is None or (before.status, before.version) != (QUARANTINED, version) or before.is_to_judge:
            self.ledger.append(QUARANTINED, known_files.body_of(key, name, size, version) | {"reason": reason})
        self._know(key, name, size, QUARANTINED, reason)
        self.outcomes[name] = (key, FileOutcome(name, key.contract_id, "quarantined"))

    def _know(
        self, key: FileKey, name: str, size: int, status: str, reason: str, result: load.LoadResult | None = None
    ) -> None:
        version = self.versions[key.contract_id]
        self.known[key] = known_files.judged(key, name, size, status, version, reason, result, self.known.get(key))

    def _note_full_loads(self, verdicts: Mapping[FileKey, Verdict]) -> None:
        incomplete = {
            (key.contract_id, key.extract_time)
            for key, verdict in verdicts.items()
            if verdict.status != LOADED and key.extract_time is not None
        }
        records.note_full_loads(self.connection, self.contracts.values(), incomplete | self._not_read)

    def _moments_of(self, names: Iterable[str]) -> Iterator[tuple[str, dt.datetime]]:
        """Contract and extract time of files that were not looked into."""
        for name in names:
            for contract in self.contracts.values():
                if contract.extract_time is not None and contract.claims(PurePosixPath(name)):
                    with suppress(ValueError):
                        if moment := contract.extract_time.of_name(name):
                            yield contract.id, moment

    def _report(self, verdicts: Mapping[FileKey, Verdict]) -> None:
        warnings = judge.unusual(self.known, self.contracts.values())
        for key, outcome in self.outcomes.values():
            verdict = verdicts[key]
            if verdict.status == LOADED and outcome.status == "loaded":
                self.report.files.append(FileOutcome(**(vars(outcome) | {"warning": warnings.get(key, "")})))
            else:
                status = _STATUS[verdict.status]
                self.report.files.append(FileOutcome(outcome.name, outcome.contract, status, verdict.reason))
        self.report.as_of = records.latest_moment(self.connection)
        self.report.rejects = records.rejected(self.connection)
