"""An archive of exports: for each object the versions of its records and the day on which each became visible.

Belongs here: which versions an export of one day carries, and its files. Does not: what a record says (its `build` does).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample.draws import Ints
from sample.moments import day_number
from sample.write import Exports

# Rows built at a time, so that memory stays flat however large the company is.
_PART = 50_000
# Days between exports, and the most that may lie between the opening export and the last one.
STEPS = {"week": 7, "day": 1}
LONGEST = 700


@dataclass(frozen=True)
class Versions:
    """Every version of every record of one object, as its exports show them over time.

    Attributes:
        source: folder of the export, such as "salesforce".
        name: of the object, such as "Lead".
        record: number of the record that each version belongs to.
        seen: day (number since 1970) on which each version becomes visible.
        build: rows of text for the given versions, in the order given.
        quote_all: whether every field is quoted, as Salesforce does.
        suffix: "csv", or "jsonl" for one column of ready lines.
        full: every export carries all records seen so far, not only what is new or changed.

    A record's versions stand in the order of time: of several that an export could carry, it carries the last.
    """

    source: str
    name: str
    record: Ints
    seen: Ints
    build: Callable[[Ints], pa.Table]
    quote_all: bool = False
    suffix: str = "csv"
    full: bool = False


def crm(name: str, record: Ints, seen: Ints, build: Callable[[Ints], pa.Table]) -> Versions:
    """Versions of one of Salesforce's objects, whose exports quote every field."""
    return Versions("salesforce", name, record, seen, build, quote_all=True)


def days(through: dt.date, every: str, exports: int) -> list[dt.date]:
    """The days of the exports, the opening one first."""
    step = dt.timedelta(days=STEPS[every])
    return [through - step * back for back in range(exports, -1, -1)]


def carried(versions: Versions, after: int | None, until: int) -> Ints:
    """The versions that the export of day `until` carries; the one before was on day `after` (None: there was none)."""
    visible = versions.seen <= until
    if after is not None and not versions.full:
        visible &= versions.seen > after
    places = np.flatnonzero(visible)
    record = versions.record[places]
    steps = np.diff(record)
    if (steps > 0).all():
        return places
    if (steps >= 0).all():
        return np.asarray(places[np.concatenate([steps > 0, [True]])])
    # The first of the reversed order is the last of the record.
    _, from_end = np.unique(record[::-1], return_index=True)
    return np.sort(places[len(places) - 1 - from_end])


def write(exports: Exports, objects: Sequence[Versions], calendar: Sequence[dt.date]) -> None:
    """Every file of the archive, export by export; after the opening one, an object without news has no file."""
    again = resent(objects, calendar)
    for versions, place in _files(objects, calendar):
        which = carried(versions, day_number(calendar[place - 1]) if place else None, day_number(calendar[place]))
        day = calendar[place]
        with exports.open(versions.source, versions.name, day, versions.suffix, versions.quote_all) as export:
            for part in _parts(which):
                rows = versions.build(part)
                if versions.suffix == "jsonl":
                    export.lines(rows.column(0).chunk(0))
                else:
                    export.table(rows)
        if again == (versions.name, day):
            exports.again(export.path, f"{versions.source}.{versions.name}", export.rows)


def count(objects: Sequence[Versions], calendar: Sequence[dt.date]) -> int:
    """How many files `write` makes."""
    return len(_files(objects, calendar)) + (resent(objects, calendar) is not None)


def resent(objects: Sequence[Versions], calendar: Sequence[dt.date]) -> tuple[str, dt.date] | None:
    """Object and day of the file that is sent a second time: one of the export before the last."""
    return _mishap(objects, calendar, "Task", len(calendar) - 2)


def late(objects: Sequence[Versions], calendar: Sequence[dt.date]) -> tuple[str, dt.date] | None:
    """Object and day of the file that comes with the export after its own: one of the export before the one before the last."""
    return _mishap(objects, calendar, "Contact", len(calendar) - 3)


def _mishap(objects: Sequence[Versions], calendar: Sequence[dt.date], name: str, place: int) -> tuple[str, dt.date] | None:
    # The opening export arrives whole and once.
    there = place > 0 and any(versions.name == name and at == place for versions, at in _files(objects, calendar))
    return (name, calendar[place]) if there else None


def _files(objects: Sequence[Versions], calendar: Sequence[dt.date]) -> list[tuple[Versions, int]]:
    """Every file: its object and the place of its day in the calendar."""
    numbers = [day_number(day) for day in calendar]
    files = [(versions, 0) for versions in objects]
    for place in range(1, len(calendar)):
        after, until = numbers[place - 1], numbers[place]
        files += [
            (versions, place)
            for versions in objects
            if ((versions.seen <= until) & ((versions.seen > after) | versions.full)).any()
        ]
    return files


def _parts(which: Ints) -> Iterator[Ints]:
    # An empty part makes the header of a file without records.
    for start in range(0, max(len(which), 1), _PART):
        yield which[start : start + _PART]
