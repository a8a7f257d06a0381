"""What reps do all day: e-mails, calls, to-dos, meetings and demos, with leads and on deals, in their own working hours.

Work is drawn in parts of a fixed size and kept narrow, so that memory grows slowly with the company.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sample.deals import RENEWAL, Deals
from sample.draws import Flags, Ints, Pools, Stream
from sample.history import DEMO_STAGES, PROPOSAL, History
from sample.leads import Leads
from sample.moments import Span, on_to_workday, spread_to_workdays
from sample.people import People
from sample.timeline import distinct, keys, latest

EMAIL, CALL, TODO, PROPOSED, MEETING, DEMO = range(6)
_PART = 50_000
_LEAD_PERCENT = 38
# E-mail, call, to-do, proposal, meeting: proposals and demos come from the deals' stages.
_WITH_LEADS = (55, 38, 2, 0, 5)
_ON_DEALS = (47, 27, 6, 0, 20)
_DEMO_CHANCE = 0.72
_CHILD_CHANCE = 0.055


@dataclass(frozen=True)
class Activities:
    """One entry per activity. `lead`, `deal`, `account`: -1 = none. `day` and `minute` are the owner's local time.

    What was done with a lead that converted later names both; until the conversion only the lead was there.
    """

    kind: Ints
    lead: Ints
    deal: Ints
    account: Ints
    owner: Ints
    day: Ints
    minute: Ints
    is_child: Flags

    def take(self, which: Ints) -> Activities:
        """Some of the activities."""
        return Activities(*(_as(getattr(self, name)[which], np.int64) for name in self.__dataclass_fields__))

    @staticmethod
    def joined(parts: Sequence[Activities]) -> Activities:
        """One part after another."""
        names = Activities.__dataclass_fields__
        return Activities(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def narrow(self) -> Activities:
        """The same in half the memory."""
        return Activities(*(_as(getattr(self, name), np.int32) for name in self.__dataclass_fields__))


def _as(column: Any, kind: type[np.signedinteger[Any]]) -> Any:
    return column if column.dtype == bool else column.astype(kind)


class Touches:
    """The days on which records of one kind were worked on; `last` is the newest of each, 0 for never."""

    def __init__(self, count: int, record: Ints, day: Ints) -> None:
        known = record >= 0
        self._keys: Ints = distinct(keys(record[known].astype(np.int64), day[known].astype(np.int64)))
        self._records: Ints = self._keys >> 34
        self.last: Ints = np.zeros(count, dtype=np.int64)
        self.last[self._records] = self._keys & ((1 << 34) - 1)

    def day_on(self, record: Ints, day: Ints) -> Ints:
        """The newest day up to `day` on which each record was worked on; 0 for never."""
        place = latest(self._keys, self._records, record, day)
        return np.where(place >= 0, self._keys[place] & ((1 << 34) - 1) if len(self._keys) else 0, 0)


def work(seed: int, scale: float, span: Span, people: People, leads: Leads, deals: Deals, history: History) -> Activities:
    """All activities: first what the stages of the deals ask for, then the daily work around it."""
    milestones = _milestones(seed, span, people, deals, history)
    parts = [_with_children(Stream(seed, "milestone guests"), people, milestones).narrow()]
    remaining = max(0, round(200_000 * scale) - len(milestones.kind))
    first_day = on_to_workday(leads.created_day)
    reachable = ~leads.deleted & (first_day <= leads.stop_day)
    lead_pool = Pools((reachable * np.where(leads.converted >= 0, 3, 1) * people.activity[leads.owner])[None, :])
    attention = np.where(deals.kind == RENEWAL, 1, 2 + 2 * deals.segment)
    deal_pool = Pools((~deals.deleted * attention * people.activity[deals.owner])[None, :])
    for part, start in enumerate(range(0, remaining, _PART)):
        stream = Stream(seed, "activities", part)
        n = min(_PART, remaining - start)
        with_leads = n * _LEAD_PERCENT // 100
        lead = lead_pool.draw(stream, np.zeros(with_leads, dtype=np.int64))
        deal = deal_pool.draw(stream, np.zeros(n - with_leads, dtype=np.int64))
        from_day = np.concatenate([first_day[lead], deals.created_day[deal]])
        to_day = np.concatenate([leads.stop_day[lead], deals.stop_day[deal]])
        kinds = np.array([EMAIL, CALL, TODO, PROPOSED, MEETING])
        day = spread_to_workdays(stream, from_day + stream.below(to_day - from_day + 1, n))
        # A week that began before the lead or deal did: its first day, which is a workday.
        day = np.maximum(day, from_day)
        handed = np.concatenate([leads.handovers.day[lead], deals.handovers.day[deal]])
        heir = np.concatenate([leads.handovers.heir[lead], deals.handovers.heir[deal]])
        first_owner = np.concatenate([leads.owner[lead], deals.owner[deal]])
        drawn = Activities(
            kind=kinds[np.concatenate([stream.pick(_WITH_LEADS, with_leads), stream.pick(_ON_DEALS, n - with_leads)])],
            lead=np.concatenate([lead, np.full(n - with_leads, -1)]),
            deal=np.concatenate([np.full(with_leads, -1), deal]),
            account=np.concatenate([leads.account[lead], deals.account[deal]]),
            owner=np.where((heir >= 0) & (day > handed), heir, first_owner),
            day=day,
            minute=stream.between(480, 1065, n),
            is_child=np.zeros(n, dtype=bool),
        )
        parts.append(_with_children(stream, people, drawn).narrow())
    return Activities.joined(parts)


def _milestones(seed: int, span: Span, people: People, deals: Deals, history: History) -> Activities:
    stream = Stream(seed, "milestones")
    n = len(history.deal)
    owner = deals.owner_at(history.deal, history.moment)
    day = span.local_day(history.moment, people.zone[owner])
    there = history.is_entry & ~deals.deleted[history.deal] & (day <= people.end_day[owner]) & (day >= people.hire_day[owner])
    shown = np.isin(history.stage, DEMO_STAGES) & stream.chance(_DEMO_CHANCE, n)
    which = np.flatnonzero(there & (shown | (history.stage == PROPOSAL)))
    proposed = history.stage[which] == PROPOSAL
    deal = history.deal[which]
    return Activities(
        kind=np.where(proposed, PROPOSED, DEMO),
        lead=np.full(len(which), -1),
        deal=deal,
        account=deals.account[deal],
        owner=owner[which],
        day=day[which],
        minute=stream.between(540, 1020, len(which)),
        is_child=np.zeros(len(which), dtype=bool),
    )


def _with_children(stream: Stream, people: People, activities: Activities) -> Activities:
    """Some meetings and demos also stand in the calendar of the owner's manager, as child events."""
    invited = (activities.kind >= MEETING) & stream.chance(_CHILD_CHANCE, len(activities.kind))
    copies = activities.take(np.flatnonzero(invited))
    guests = Activities(
        kind=copies.kind, lead=copies.lead, deal=copies.deal, account=copies.account,
        owner=people.manager_on(copies.owner, copies.day), day=copies.day, minute=copies.minute,
        is_child=np.ones(len(copies.kind), dtype=bool),
    )  # fmt: skip
    return Activities.joined([activities, guests])
