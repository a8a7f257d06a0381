"""Who takes over what somebody leaves behind: of people who left, and of a territory that goes to others in mid-quarter.

Everything changes hands at most once; what a leaver's successor leaves in turn stays where it is, as does what is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample.draws import Flags, Floats, Ints, Pools, Stream
from sample.moments import MONTHS, Span
from sample.people import NEVER, People

_DAY = 86_400
_MOVE = 17
# Position in words.COUNTRIES of the territory that moves.
MOVED_COUNTRY = 3


def move_day(span: Span) -> int:
    """The day on which the territory goes to others: in the middle of a month, two weeks and a half before the end."""
    return span.last - _MOVE


@dataclass(frozen=True)
class Handovers:
    """One entry per record: who takes over (-1 = nobody) and the UTC day on which; `at` is the moment, NEVER without one."""

    heir: Ints
    day: Ints

    @property
    def at(self) -> Ints:
        """The moment of each handover in seconds; far beyond every span where there is none."""
        return np.where(self.heir >= 0, self.day * _DAY + 18 * 3600, NEVER)

    def owner(self, first: Ints, which: Ints, moment: Ints) -> Ints:
        """Who owns the records `which` at the moments; `first` is every record's first owner."""
        return np.where(moment >= self.at[which], self.heir[which], first[which])

    def last_owner(self, first: Ints) -> Ints:
        """Who owns each record in the end."""
        return np.where(self.heir >= 0, self.heir, first)


def pass_on(
    stream: Stream,
    span: Span,
    people: People,
    pools: Pools,
    owner: Ints,
    begins: Ints,
    ends: Ints,
    moves: Flags,
    kept: Floats | float,
) -> Handovers:
    """The handovers of records that live from the day `begins` to the day `ends`.

    Args:
        stream: to draw from.
        span: the months told of.
        people: the organisation.
        pools: who can be given work, by group and month.
        owner: each record's first owner.
        begins, ends: local days; what ended before its owner left needs no other.
        moves: which records lie in the territory that moves.
        kept: share of what leavers leave behind that nobody takes over.
    """
    n = len(owner)
    left = people.end_day[owner]
    orphaned = (left < ends) & (left >= begins) & (left < span.last) & ~stream.chance(kept, n)
    group = people.group[owner]
    successor = pools.draw(stream, np.maximum(group, 0) * MONTHS + span.month(np.minimum(left, span.last)))
    moved_on = move_day(span)
    anchor = people.anchor[np.maximum(group, 0)]
    moving = moves & (begins < moved_on) & (ends > moved_on) & ~orphaned & (anchor != owner)
    heir = np.where(orphaned, successor, np.where(moving, anchor, -1))
    return Handovers(heir=heir, day=np.where(orphaned, left, np.where(moving, moved_on, 0)))
