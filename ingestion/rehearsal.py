"""What would come of a file if it were dropped into the inbox now: the real reading and loading, into a database in memory.

Nothing outside a temporary folder is written: neither the inbox nor landing, ledger or build file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb

from ingestion import examine, judge, known_files, labels, load
from ingestion.contract import Column, Contract
from ingestion.known_files import LOADED, FileKey, KnownFile
from ingestion.peek import Peek, peek
from ingestion.rejects import Reject
from ingestion.text import UnreadableError
from warehouse.errors import InboxError

BY_PATH, BY_HEADER, BY_NAME = "its path", "its columns", "you"
LEAST_SHARE, LARGE_SHARE = 0.5, 0.6
# As alike as this two labels of some length may be one that was renamed: Close Date and Closing Dt are, Stage and Age are not.
RENAMED, LEAST_LETTERS = 0.7, 4


@dataclass(frozen=True)
class Failure:
    """One reason for which records of one column are rejected, with the first of them."""

    object: str
    column: str
    reason: str
    records: int
    first: tuple[Reject, ...]


@dataclass(frozen=True)
class Rehearsal:
    """What would come of one file under one contract. `reason` says why it would be quarantined, `held` why it would wait for
    a person's word although it can be read; both empty: it would load. `warning` is worth a word and holds nothing.

    `matched` maps canonical columns to the file's; `missing` and `unknown` carry the closest name on the other side;
    `is_reordered` says that the file's columns stand in another order than the contract's, which does no harm.
    """

    file: str
    contract: str
    chosen_by: str
    matched: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, bool, str], ...]
    unknown: tuple[tuple[str, str], ...]
    is_reordered: bool
    counts: tuple[load.ObjectCount, ...]
    failures: tuple[Failure, ...]
    reason: str
    held: str = ""
    warning: str = ""

    @property
    def would_load(self) -> bool:
        """Whether the file would get into the raw tables."""
        return not self.reason and not self.held

    @property
    def rejected(self) -> int:
        """Records that would be left out."""
        return sum(count.rejected for count in self.counts)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"would_load": self.would_load}


def choose(path: Path, inbox: Path, contracts: Sequence[Contract]) -> tuple[Contract, str] | None:
    """The contract that a file is for and by what it was found: its path in the inbox, else its header.

    Args:
        path: the file, inside the inbox or anywhere.
        inbox: the inbox.
        contracts: those that hold.
    """
    place = path.resolve()
    inside = place.relative_to(inbox) if place.is_relative_to(inbox) else None
    tails = [PurePosixPath(inside.as_posix())] if inside else [PurePosixPath(*place.parts[-n:]) for n in (2, 1)]
    for tail in tails:
        claiming = next((contract for contract in contracts if contract.claims(tail)), None)
        if claiming is not None:
            return claiming, BY_PATH
    seen = peek(path)
    header = (*seen.header, *seen.nests)
    # A contract for files of another format would not even find the header.
    reading = [_reading(contract, seen.format) for contract in contracts]
    shares = [(_share(header, contract), contract) for contract in reading if contract is not None]
    ranked = sorted(shares, key=lambda item: (-item[0], item[1].id))
    return (ranked[0][1], BY_HEADER) if ranked and ranked[0][0] >= LEAST_SHARE else None


def _reading(contract: Contract, form: str) -> Contract | None:
    """A contract as it reads files of a format from wherever; None where it reads no such files."""
    servers = sorted(contract.servers, key=lambda server: server.format != form)
    return replace(contract, servers=tuple(servers)) if servers[0].format == form else None


def rehearse(
    path: Path, contract: Contract, chosen_by: str = BY_NAME, known: Mapping[FileKey, KnownFile] | None = None
) -> Rehearsal:
    """Read and load a file as a run would, and forget it again.

    Args:
        path: the file.
        contract: how to read it.
        chosen_by: how the contract was found; only told.
        known: the files that a home knows; the file is held against those of its contract.

    Raises:
        InboxError: there is no such file.
    """
    if not path.is_file():
        raise InboxError("There is no such file", str(path), "name a file that exists")
    header = _header(path)
    found = examine.examine(path, path.name, contract)
    reason, held, warning = found.reason, "", ""
    result = found.result or load.LoadResult([], [])
    if not reason:
        try:
            held, warning = _compared(path, contract, result, known or {})
        except UnreadableError as error:
            reason = str(error)
    said: set[Reject] = set()
    failures: dict[tuple[str, str, str], list[Reject]] = {}
    for name, reject in sorted(result.rejects, key=lambda pair: pair[1].line):
        # A line that cannot be read at all fails for every object that it would feed.
        if reject not in said:
            failures.setdefault((name, reject.column, reject.reason), []).append(reject)
        said.add(reject)
    matched, missing, unknown, is_reordered = _columns(header, contract)
    return Rehearsal(
        file=str(path),
        contract=contract.id,
        chosen_by=chosen_by,
        matched=matched,
        missing=missing,
        unknown=unknown,
        is_reordered=is_reordered,
        counts=tuple(result.counts),
        failures=tuple(Failure(*key, len(found), tuple(found[:3])) for key, found in failures.items()),
        reason=reason,
        held=held,
        warning=warning,
    )


def _compared(path: Path, contract: Contract, result: load.LoadResult, known: Mapping[FileKey, KnownFile]) -> tuple[str, str]:
    """Why the file would be held for what the files before it are like, and what else is unusual about it.

    Raises:
        UnreadableError: it does not say when it was extracted.
    """
    landed = examine.landed(path)
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as connection:
        moment = load.extract_time(connection, landed, path.name, contract, Path(scratch))
    key = FileKey(contract.id, landed.sha256, moment)
    version = known_files.version_of(contract)
    mine = known_files.judged(key, path.name, landed.size, LOADED, version, "", result, known.get(key))
    together = {**known, key: mine}
    verdict = judge.verdicts(together, [contract])[key]
    warning = judge.unusual(together, [contract]).get(key, "")
    return (verdict.reason if verdict.status == judge.HELD else ""), warning


def _header(path: Path) -> tuple[str, ...]:
    try:
        found: Peek = peek(path)
    except InboxError:
        return ()  # the real reader says better what is wrong
    return (*found.header, *found.nests)


def _labelled(contract: Contract) -> list[tuple[str, Column]]:
    """The columns that a file has to have or may have with their objects, each label once, in the contract's order."""
    found: dict[str, tuple[str, Column]] = {}
    for entry in contract.entries:
        for column in entry.columns:
            label = _label(column)
            if label and (label.casefold() not in found or _is_needed(column)):
                found[label.casefold()] = (entry.object, column)
    return list(found.values())


def _is_needed(column: Column) -> bool:
    """Whether a file without the column is not loaded; an expression reads what is absent as NULL."""
    return column.required and column.file_column is not None


def _label(column: Column) -> str:
    return column.file_column or column.reads or ""


def _names(column: Column) -> tuple[str, ...]:
    return (_label(column), *column.aliases)


def _share(header: Sequence[str], contract: Contract) -> float:
    """How much of a header and of a contract meet: the mean of the two shares, needed columns counted thrice."""
    present = {label.casefold() for label in header}
    columns = [column for _, column in _labelled(contract)]
    needed = [column for column in columns if _is_needed(column)]
    hits = [column for column in columns if any(name.casefold() in present for name in _names(column))]
    # One word in common, such as id, says nothing of what a record is.
    if len(hits) < min(2, len(columns)) or (not set(needed) <= set(hits) and len(hits) < LARGE_SHARE * len(header)):
        return 0.0
    weights = [3 if _is_needed(column) else 1 for column in columns]
    hit = [column in hits for column in columns]
    if not columns or not header:
        return 0.0
    of_contract = sum(weight for weight, is_hit in zip(weights, hit, strict=True) if is_hit) / sum(weights)
    return min(1.0, (of_contract + sum(hit) / len(header)) / 2)


def _columns(
    header: Sequence[str], contract: Contract
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, bool, str], ...], tuple[tuple[str, str], ...], bool]:
    folded = {label.casefold(): label for label in header}
    matched: list[tuple[str, str]] = []
    absent: list[tuple[str, Column]] = []
    for object_name, column in _labelled(contract):
        label = next((folded[name.casefold()] for name in _names(column) if name.casefold() in folded), None)
        if label is None:
            absent.append((object_name, column))
        else:
            matched.append((column.name, label))
    used = {label for _, label in matched}
    # Of what is nested, the key that holds it is told, not each value.
    nests = {_nest(label) for label in used}
    left = [label for label in header if label not in used | nests and _nest(label) not in header]
    near = {_label(column): _renamed(object_name, column, left) for object_name, column in absent}
    missing = tuple((_label(column), _is_needed(column), near[_label(column)]) for _, column in absent)
    unknown = tuple((label, next((old for old, new in near.items() if new == label), "")) for label in left)
    order = [header.index(label) for _, label in matched]
    return tuple(matched), missing if header else (), unknown, order != sorted(order)


def _nest(label: str) -> str:
    """The key that holds what a JSON path leads to; empty for what is no path."""
    return label[2:].split(".", maxsplit=1)[0] if label.startswith("$.") else ""


def _renamed(object_name: str, column: Column, left: Sequence[str]) -> str:
    """Which of the unknown labels may be a column's new one: a known label of it, else the closest spelling."""
    known = {labels.plain(name) for name in labels.known_labels(object_name, column.name)}
    by_meaning = [label for label in left if labels.plain(label) in known]
    spelled = labels.closest(_label(column), [label for label in left if len(label) >= LEAST_LETTERS], least=RENAMED)
    return next(iter(by_meaning or spelled), "")
