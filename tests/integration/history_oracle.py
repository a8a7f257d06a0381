"""What a history of files must give, in plain Python: the current records, their versions, and what is counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ALWAYS = dt.datetime(1900, 1, 1)


@dataclass(frozen=True)
class Row:
    """One record of one file. `cursor` is None where the export does not say when it was changed."""

    key: str
    stage: str
    cursor: dt.datetime | None
    is_deleted: bool = False
    is_bad: bool = False


@dataclass(frozen=True)
class Export:
    """One file: its extract time (None where its name carries none), its records, and how often it is dropped."""

    day: dt.datetime | None
    rows: tuple[Row, ...]
    drops: int = 1


@dataclass(frozen=True)
class Loaded:
    """One stored record: what a raw table holds."""

    row: Row
    at: dt.datetime | None
    sha256: str


def order(item: Loaded) -> tuple[dt.datetime, dt.datetime, str]:
    """By cursor, then extract time, then file hash; what is not known comes first."""
    return (item.row.cursor or ALWAYS, item.at or ALWAYS, item.sha256)


def complete_moments(exports: Iterable[Export], delivery: str) -> list[dt.datetime]:
    """Of which moments the whole is known: full snapshots of which every key was read."""
    exports = list(exports)
    if delivery != "full":
        return []
    days = sorted({export.day for export in exports if export.day is not None})
    return [day for day in days if not any(row.is_bad for export in exports if export.day == day for row in export.rows)]


def current(loads: Sequence[Loaded], full: Sequence[dt.datetime]) -> dict[str, str]:
    """key -> stage of the records that are there now."""
    found = {}
    for key in {item.row.key for item in loads}:
        mine = [item for item in loads if item.row.key == key]
        times = [item.at for item in mine if item.at is not None]
        latest = max(mine, key=order)
        is_absent = bool(times) and bool(full) and full[-1] > max(times)
        if not is_absent and not latest.row.is_deleted:
            found[key] = latest.row.stage
    return found


def stages_over_time(loads: Sequence[Loaded], full: Sequence[dt.datetime], key: str, moment: dt.datetime) -> str | None:
    """The stage of a record at a moment, None when it was not there. Written as a walk over time, not as intervals.

    At any moment the last thing that was said about the record by then holds: a version (from its cursor, or from its
    extraction), a full snapshot that lacks it, or its being seen again.
    """
    mine = [item for item in loads if item.row.key == key]
    has_cursor = any(item.row.cursor for item in mine)

    def held_from(item: Loaded) -> dt.datetime:
        return item.row.cursor or (ALWAYS if has_cursor else item.at or ALWAYS)

    said: list[tuple[dt.datetime, dt.datetime, str, str | None]] = []
    away: list[tuple[dt.datetime, dt.datetime]] = []
    seen = sorted({item.at for item in mine if item.at is not None})
    for index, at in enumerate(seen):
        after = seen[index + 1] if index + 1 < len(seen) else None
        lacking = next((day for day in full if day > at and (after is None or day < after)), None)
        if lacking is None:
            continue
        known = max(held_from(item) for item in mine if item.at is not None and item.at <= at)
        said.append((max(lacking, known), lacking, "~", None))
        away.append((max(lacking, known), max(after, lacking, known) if after else dt.datetime.max))
        if after is not None:
            back = max((item for item in mine if item.at is None or item.at <= after), key=order)
            said.append((max(after, lacking, known), after, "~", None if back.row.is_deleted else back.row.stage))
    for item in mine:
        # A file without an extract time brings nobody back who is gone from the full snapshots.
        if item.at is not None or not any(start <= held_from(item) < end for start, end in away):
            stage = None if item.row.is_deleted else item.row.stage
            said.append((held_from(item), item.at or dt.datetime.min, item.sha256, stage))
    past = [word for word in said if word[0] <= moment]
    return max(past, key=lambda word: word[:3])[3] if past else None
