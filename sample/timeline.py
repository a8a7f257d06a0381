"""What happened to records, in order of record and time, and what was the last thing to have happened at a moment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sample.draws import Ints

DAY = 86_400
# Moments are seconds since 1970 and stay below this for the next five hundred years.
_SPREAD = 34


def keys(record: Ints, moment: Ints) -> Ints:
    """One number for record and moment that sorts by record, then by time."""
    return (record << _SPREAD) | moment


def distinct(values: Ints) -> Ints:
    """The different values in order."""
    # Sorting is several times faster than the hashing of numpy's own unique.
    ordered = np.sort(values)
    first = np.concatenate([np.ones(min(1, len(ordered)), dtype=bool), ordered[1:] != ordered[:-1]])
    return np.asarray(ordered[first])


class Timeline:
    """Moments of records: each record's different moments in order, records one after another.

    Attributes:
        record, moment: one entry per happening.
    """

    def __init__(self, happenings: Sequence[tuple[Ints, Ints]]) -> None:
        every = np.concatenate([keys(record, moment) for record, moment in happenings])
        self._keys: Ints = distinct(every)
        self.record: Ints = self._keys >> _SPREAD
        self.moment: Ints = self._keys & ((1 << _SPREAD) - 1)

    @property
    def day(self) -> Ints:
        """The UTC day of each happening."""
        return self.moment // DAY

    def latest(self, record: Ints, moment: Ints) -> Ints:
        """The place of each record's last happening at or before the moment; -1 if there is none."""
        return latest(self._keys, self.record, record, moment)


def latest(sorted_keys: Ints, records: Ints, record: Ints, moment: Ints) -> Ints:
    """As `Timeline.latest`, for happenings that are kept in order elsewhere."""
    place = np.searchsorted(sorted_keys, keys(record, moment), side="right") - 1
    if not len(records):
        return np.full(len(record), -1, dtype=np.int64)
    same = (place >= 0) & (records[np.maximum(place, 0)] == record)
    return np.where(same, place, -1)
