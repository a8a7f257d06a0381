"""Records that were entered twice and, mostly, merged later: HubSpot then lists the ids that went into the one that stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells
from sample.draws import Flags, Ints, Stream
from sample.moments import Span
from sample.people import NEVER
from sample.timeline import DAY

_MERGED = 0.75
# At most this many repetitions of one record.
_MOST = 2


@dataclass(frozen=True)
class Repeats:
    """The records of one object: `count` of their own and, after them, repetitions of the records in `master`.

    `created` and `merged` are moments of the repetitions; `merged` is NEVER where nobody has noticed.
    """

    count: int
    master: Ints
    created: Ints
    merged: Ints

    @property
    def total(self) -> int:
        """All records."""
        return self.count + len(self.master)

    @property
    def original(self) -> Ints:
        """The record of its own behind each record."""
        return np.concatenate([np.arange(self.count, dtype=np.int64), self.master])

    @property
    def repetitions(self) -> Ints:
        """The records that repeat another."""
        return np.arange(self.count, self.total, dtype=np.int64)

    @property
    def is_repetition(self) -> Flags:
        """Whether each record repeats another."""
        return np.arange(self.total) >= self.count

    def happenings(self) -> list[tuple[Ints, Ints]]:
        """Merges, as seen by the record that went and by the one that stayed."""
        done = np.flatnonzero(self.merged < NEVER)
        return [(self.repetitions[done], self.merged[done]), (self.master[done], self.merged[done])]

    def gone(self, record: Ints, moment: Ints) -> Flags:
        """Whether each record had been merged into another at the moment."""
        place = np.maximum(record - self.count, 0)
        if not len(self.merged):
            return np.zeros(len(record), dtype=bool)
        return (record >= self.count) & (self.merged[place] <= moment)

    def taken_in(self, record: Ints, moment: Ints, ids: Callable[[Ints], pa.StringArray]) -> pa.StringArray:
        """The ids of what had been merged into each record at the moment, as `a;b`."""
        order = np.lexsort((self.merged, self.master))
        master = self.master[order]
        place = np.arange(len(order)) - np.searchsorted(master, master)
        texts: list[pa.StringArray] = []
        for slot in range(_MOST):
            who = np.full(self.count, -1, dtype=np.int64)
            when = np.full(self.count, NEVER, dtype=np.int64)
            here = order[place == slot]
            who[self.master[here]], when[self.master[here]] = self.count + here, self.merged[here]
            own = np.minimum(record, self.count - 1)
            known = (record < self.count) & (when[own] <= moment)
            if slot:
                texts.append(cells.words((";",), np.where(known, 0, -1)))
            texts.append(ids(np.where(known, who[own], -1)))
        return cells.joined(*texts)


def repeat(stream: Stream, span: Span, created: Ints, share: float, until: Ints | None = None) -> Repeats:
    """Some of the records a second time and a few of them a third time, days after they were first entered.

    Args:
        stream: the draws.
        span: the months told of.
        created: the moment at which each record was entered.
        share: of the records that are repeated.
        until: moments after which a record is not repeated any more.
    """
    latest = span.end - 20 * DAY
    early = created < (latest if until is None else np.minimum(until, latest))
    chosen = stream.sample(np.flatnonzero(early), max(2, round(share * len(created))))
    master = np.concatenate([chosen, chosen[::3]])
    n = len(master)
    begun = np.maximum(created[master], span.first * DAY) + stream.between(3600, 19 * DAY, n)
    merged = begun + stream.between(DAY, 60 * DAY, n)
    merged = np.where(stream.chance(_MERGED, n) & (merged < span.end), merged, NEVER)
    return Repeats(count=len(created), master=master, created=begun, merged=merged)
