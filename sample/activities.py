"""What reps do all day: e-mails, calls, to-dos, meetings and demos, with leads and on deals, in their own working hours.

Work is drawn in parts of a fixed size, so that memory stays flat however large the company is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sample.deals import Deals
from sample.draws import Flags, Ints, Pools, Stream
from sample.history import DEMO_STAGES, PROPOSAL, History
from sample.leads import Leads
from sample.moments import Span, on_to_workday, spread_to_workdays
from sample.people import People

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
    """One entry per activity. `lead`, `deal`, `account`: -1 = none. `day` and `minute` are the owner's local time."""

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
        return Activities(*(getattr(self, name)[which] for name in self.__dataclass_fields__))

    def followed_by(self, others: Activities) -> Activities:
        """These and then the others."""
        pairs = ((getattr(self, name), getattr(others, name)) for name in self.__dataclass_fields__)
        return Activities(*(np.concatenate(pair) for pair in pairs))


class LastTouch:
    """The newest day on which each lead, deal and account was worked on; 0 = never."""

    def __init__(self, leads: int, deals: int, accounts: int) -> None:
        self.lead: Ints = np.zeros(leads, dtype=np.int64)
        self.deal: Ints = np.zeros(deals, dtype=np.int64)
        self.account: Ints = np.zeros(accounts, dtype=np.int64)

    def note(self, activities: Activities) -> None:
        """Take the activities into account."""
        for newest, whom in ((self.lead, activities.lead), (self.deal, activities.deal), (self.account, activities.account)):
            known = whom >= 0
            np.maximum.at(newest, whom[known], activities.day[known])


def parts(
    seed: int, scale: float, span: Span, people: People, leads: Leads, deals: Deals, history: History
) -> Iterator[Activities]:
    """All activities, part by part: first what the stages of the deals ask for, then the daily work around it."""
    milestones = _milestones(seed, span, people, deals, history)
    yield _with_children(Stream(seed, "milestone guests"), people, milestones)
    remaining = max(0, round(200_000 * scale) - len(milestones.kind))
    first_day = on_to_workday(leads.created_day)
    reachable = ~leads.deleted & (first_day <= leads.stop_day)
    lead_pool = Pools((reachable * np.where(leads.converted >= 0, 3, 1) * people.activity[leads.owner])[None, :])
    deal_pool = Pools((~deals.deleted * (1 + deals.segment) * people.activity[deals.owner])[None, :])
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
        drawn = Activities(
            kind=kinds[np.concatenate([stream.pick(_WITH_LEADS, with_leads), stream.pick(_ON_DEALS, n - with_leads)])],
            lead=np.concatenate([np.where(leads.converted[lead] >= 0, -1, lead), np.full(n - with_leads, -1)]),
            deal=np.concatenate([np.full(with_leads, -1), deal]),
            account=np.concatenate([leads.account[lead], deals.account[deal]]),
            owner=np.concatenate([leads.owner[lead], deals.owner[deal]]),
            day=day,
            minute=stream.between(480, 1065, n),
            is_child=np.zeros(n, dtype=bool),
        )
        yield _with_children(stream, people, drawn)


def _milestones(seed: int, span: Span, people: People, deals: Deals, history: History) -> Activities:
    stream = Stream(seed, "milestones")
    n = len(history.deal)
    owner = deals.owner[history.deal]
    day = span.local_day(history.moment, people.zone[owner])
    there = history.is_entry & ~deals.deleted[history.deal] & (day <= people.end_day[owner])
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
        owner=people.manager[copies.owner], day=copies.day, minute=copies.minute,
        is_child=np.ones(len(copies.kind), dtype=bool),
    )  # fmt: skip
    return activities.followed_by(guests)
