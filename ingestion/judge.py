"""Which files are held although they can be read: those that differ too much from the ones before them.

The verdict on a file follows from all files that are known and from nothing else, so it does not depend on which came first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from ingestion.contract import Contract
from ingestion.known_files import LOADED, QUARANTINED, FileKey, KnownFile

HELD, DISCARDED = "held", "discarded"
# A full snapshot is compared with the seven before it, once there are as many; the bounds are shares of their median.
REMEMBERED, LEAST, MOST = 7, 0.5, 1.5


@dataclass(frozen=True)
class Verdict:
    """What is done with a file: loaded, quarantined (it cannot be read), held (a person decides) or discarded, and why."""

    status: str
    reason: str = ""


def verdicts(known: Mapping[FileKey, KnownFile], contracts: Iterable[Contract]) -> dict[FileKey, Verdict]:
    """The verdict on every file of these contracts."""
    found: dict[FileKey, Verdict] = {}
    for contract in contracts:
        files = [file for file in known.values() if file.key.contract_id == contract.id]
        for file in files:
            if file.is_discarded:
                found[file.key] = Verdict(DISCARDED, file.why)
            elif file.status == QUARANTINED:
                found[file.key] = Verdict(QUARANTINED, file.reason)
            else:
                found[file.key] = Verdict(LOADED)
        readable = [file for file in files if found[file.key].status == LOADED]
        for key, reason in _held(readable, contract).items():
            found[key] = Verdict(HELD, reason)
    return found


def unusual(known: Mapping[FileKey, KnownFile], contracts: Iterable[Contract]) -> dict[FileKey, str]:
    """What is worth a word and no reason to hold a file: no record, a column that became empty, a delta of another size."""
    found: dict[FileKey, list[str]] = {}
    for contract in contracts:
        files = [file for file in known.values() if file.key.contract_id == contract.id and file.status == LOADED]
        rows: list[int] = []
        filled: frozenset[str] = frozenset()
        for moment, group in _by_time(files):
            total = sum(file.rows for file in group)
            for file in group:
                words = [] if file.rows else ["it holds no record"]
                if file.rows and (emptied := sorted(filled & set(file.empty))):
                    words.append(f"without any value, unlike before: {', '.join(emptied)}")
                if contract.delivery != "full" and moment is not None and (reason := _too_different(total, rows)):
                    words.append(reason)
                found[file.key] = words
            if total:
                everything = frozenset(column.file_column for column in contract.columns if column.file_column)
                filled = frozenset().union(*(everything - set(f.empty) - set(f.absent or ()) for f in group if f.rows))
            rows.append(total)
    return {key: "; ".join(words) for key, words in found.items() if words}


def _held(files: Sequence[KnownFile], contract: Contract) -> dict[FileKey, str]:
    held: dict[FileKey, str] = {}
    undated = [file for file in files if file.key.extract_time is None]
    everywhere = _present(undated, contract)
    for file in undated:
        if reason := _lacks(file, everywhere):
            held[file.key] = reason
    before: frozenset[str] = frozenset()
    rows: list[int] = []
    for _, group in _by_time([file for file in files if file.key.extract_time is not None]):
        for file in group:
            if reason := _lacks(file, before):
                held[file.key] = reason
        good = [file for file in group if file.key not in held]
        total = sum(file.rows for file in good)
        reason = _too_different(total, rows) if contract.delivery == "full" else ""
        if contract.delivery == "full" and good and not total and any(rows):
            reason = "it holds no record: everything that was there before would count as deleted"
        if reason and not any(file.is_accepted for file in good):
            held |= dict.fromkeys((file.key for file in good), reason)
        elif good:
            before = _present(good, contract) or before
            rows.append(total)
    return held


def _by_time(files: Sequence[KnownFile]) -> Iterable[tuple[dt.datetime | None, list[KnownFile]]]:
    ordered = sorted(files, key=lambda file: (file.key.extract_time or dt.datetime.min, file.key.sha256))
    return [(moment, list(group)) for moment, group in groupby(ordered, key=lambda file: file.key.extract_time)]


def _present(files: Sequence[KnownFile], contract: Contract) -> frozenset[str]:
    wanted = {column.file_column for column in contract.columns if column.file_column}
    return frozenset(name for file in files if file.absent is not None for name in wanted - set(file.absent))


def _lacks(file: KnownFile, before: frozenset[str]) -> str:
    missing = sorted(before & set(file.absent or ()))
    if not missing or file.is_accepted:
        return ""
    names = ", ".join(repr(name) for name in missing)
    was = f"the column {names}, which the files before it have, is" if len(missing) == 1 else f"the columns {names} are"
    renamed = f"; new in it: {', '.join(repr(name) for name in file.extra[:10])} (renamed?)" if file.extra else ""
    return f"{was} missing{renamed}"


def _too_different(total: int, rows: Sequence[int]) -> str:
    if len(rows) < REMEMBERED:
        return ""
    middle = median(rows[-REMEMBERED:])
    if LEAST * middle <= total <= MOST * middle:
        return ""
    usual = f"{LEAST:.0%} to {MOST:.0%} of that are usual"
    return f"{total:,} records, where the {REMEMBERED} before it have {middle:,.0f} in the middle ({usual})"
