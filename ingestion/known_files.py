"""What the ledger knows of files: which load or quarantine was the last word on each, and what people decided about them."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace

from ingestion.contract import Contract
from ingestion.load import LoadResult
from warehouse.ledger import Ledger

LOADED, QUARANTINED, DECIDED, SUPERSEDED = "load", "quarantine", "file_decision", "superseded"
ACCEPT, DISCARD, DISCARD_ROWS, RETRY = "accept", "discard", "discard_rows", "retry"
LOADER = 3  # raised when the same file and contract must give other rows than before


@dataclass(frozen=True)
class FileKey:
    """One file as one contract sees it: the bytes, and when they were extracted."""

    contract_id: str
    sha256: str
    extract_time: dt.datetime | None

    @property
    def load_id(self) -> str:
        """32 hexadecimal digits; the same load has the same id wherever and whenever it is made."""
        text = f"{self.contract_id}|{self.sha256}|{self.extract_time.isoformat() if self.extract_time else ''}"
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]


@dataclass(frozen=True)
class KnownFile:
    """The last word of the ledger on one file.

    `rows` and `rejected` count records; `absent` are columns of the contract that its header lacks (None where a file has no
    header), `extra` those of its header that the contract lacks, `empty` those that no record has a value in. `decision` is a
    person's; `is_to_judge` says that it came after the last word, so that the file has to be looked at again.
    """

    key: FileKey
    file_name: str
    size: int
    status: str
    version: str
    reason: str
    at: str
    rows: int = 0
    rejected: int = 0
    absent: tuple[str, ...] | None = None
    extra: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    decision: str = ""
    why: str = ""
    is_to_judge: bool = False

    @property
    def is_accepted(self) -> bool:
        """A person takes the file although a guard holds it."""
        return self.decision == ACCEPT

    @property
    def is_discarded(self) -> bool:
        """A person decided to do without the file."""
        return self.decision == DISCARD


def version_of(contract: Contract) -> str:
    """What a load was made with: the contract's meaning and the loader's generation."""
    return f"{contract.hash[:16]}-{LOADER}"


def read(ledger: Ledger) -> dict[FileKey, KnownFile]:
    """The ledger's last word on every file, decisions included."""
    found: dict[FileKey, KnownFile] = {}
    decisions: dict[str, tuple[int, str, str]] = {}
    words: dict[str, int] = {}
    for event in ledger.events(LOADED, QUARANTINED, DECIDED, SUPERSEDED):
        body = event.body
        if event.kind == DECIDED:
            decisions[body["load_id"]] = (event.seq, body["decision"], body["reason"])
            continue
        moment = dt.datetime.fromisoformat(body["extract_time"]) if body["extract_time"] else None
        key = FileKey(body["contract"], body["sha256"], moment)
        if event.kind == SUPERSEDED:
            found.pop(key, None)
            continue
        words[key.load_id] = event.seq
        counts = body.get("objects", [])
        absent = body.get("absent")
        found[key] = KnownFile(
            key=key,
            file_name=body["file"],
            size=body["size"],
            status=event.kind,
            version=body["version"],
            reason=body.get("reason", ""),
            at=event.at,
            # Several objects of one file are the same records seen several times.
            rows=max((count["read"] for count in counts), default=0),
            rejected=sum(count["rejected"] for count in counts),
            absent=None if absent is None else tuple(absent),
            extra=tuple(body.get("extra", [])),
            empty=tuple(body.get("empty", [])),
        )
    return {key: _decided(file, decisions, words) for key, file in found.items()}


def judged(
    key: FileKey,
    file_name: str,
    size: int,
    status: str,
    version: str,
    reason: str = "",
    result: LoadResult | None = None,
    before: KnownFile | None = None,
) -> KnownFile:
    """A file that was looked at just now, as the ledger will know it; decisions about it stay."""
    return KnownFile(
        key=key,
        file_name=file_name,
        size=size,
        status=status,
        version=version,
        reason=reason,
        at="",
        rows=max((count.read for count in result.counts), default=0) if result else 0,
        rejected=sum(count.rejected for count in result.counts) if result else 0,
        absent=result.absent if result and result.has_header else None,
        extra=result.extra if result else (),
        empty=result.empty if result else (),
        decision=before.decision if before else "",
        why=before.why if before else "",
    )


def body_of(key: FileKey, file_name: str, size: int, version: str) -> dict[str, object]:
    """What every ledger entry about a file says."""
    return {
        "load_id": key.load_id,
        "contract": key.contract_id,
        "version": version,
        "file": file_name,
        "size": size,
        "sha256": key.sha256,
        "extract_time": key.extract_time.isoformat() if key.extract_time else None,
    }


def facts_of(result: LoadResult) -> dict[str, object]:
    """What the ledger keeps of a load: counts and the columns that differ from the contract, never a value."""
    counts = [
        {"object": c.object, "read": c.read, "loaded": c.loaded, "rejected": c.rejected, "rows": c.rows} for c in result.counts
    ]
    absent = list(result.absent) if result.has_header else None
    return {"objects": counts, "absent": absent, "extra": list(result.extra), "empty": list(result.empty)}


def _decided(file: KnownFile, decisions: dict[str, tuple[int, str, str]], words: dict[str, int]) -> KnownFile:
    load_id = file.key.load_id
    if load_id not in decisions:
        return file
    seq, decision, why = decisions[load_id]
    is_to_judge = decision in (ACCEPT, RETRY) and seq > words[load_id]
    return replace(file, decision="" if decision == RETRY else decision, why=why, is_to_judge=is_to_judge)
