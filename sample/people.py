"""The sales organisation: who works there, who leads whom, when they came and left, how good they are.

Three levels (a vice president, managers, reps) plus operations. The number of reps grows with the square root of the scale,
so that larger companies have both more reps and more work for each. Some six weeks before the end a manager leaves, in the
middle of a quarter, and the team goes to a colleague.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sample import words
from sample.draws import Flags, Floats, Ints, Pools, Stream
from sample.moments import MONTHS, ZONE_WEIGHTS, Span

ROLES = (
    "VP Sales",
    "Sales Manager",
    "Sales Operations Manager",
    "Account Executive",
    "Account Manager",
    "Sales Development Representative",
)
VICE_PRESIDENT, MANAGER, OPERATIONS, EXECUTIVE, ACCOUNT_MANAGER, DEVELOPMENT = range(len(ROLES))
SEGMENTS = ("smb", "mid_market", "enterprise")
# Groups that work is given to: new business by segment, existing customers by segment, first contact with leads.
GROUPS = 7
NEW_BUSINESS, INSTALLED_BASE, FIRST_CONTACT = 0, 3, 6
_GROUP_SHARES = (19, 16, 9, 7, 6, 3, 12)  # of a company of 60 quota-carrying reps and 12 in development
NEVER = 1 << 40
_MANAGER_LEAVES = 45
# The first two managers of the organisation.
LEAVER, SUCCESSOR = 1, 2


@dataclass(frozen=True)
class People:
    """One entry per CRM user. Days are days since 1970-01-01; `end_day` is NEVER for who is still there.

    `manager` is who leads each one in the end, `manager_before` until `change_day`. `anchor` is the long-standing member of
    each group, who never leaves.
    """

    count: int
    role: Ints
    segment: Ints
    group: Ints
    manager: Ints
    manager_before: Ints
    change_day: int
    anchor: Ints
    zone: Ints
    hire_day: Ints
    end_day: Ints
    fte_percent: Ints
    skill: Floats
    activity: Ints
    pace: Floats
    first_name: Ints
    last_name: Ints

    @property
    def is_rep(self) -> Flags:
        """Whether the person carries a quota."""
        return np.isin(self.role, (EXECUTIVE, ACCOUNT_MANAGER))

    def manager_on(self, user: Ints, day: Ints) -> Ints:
        """Who leads each user on the day."""
        return np.where(day < self.change_day, self.manager_before[user], self.manager[user])


def hire(seed: int, scale: float, span: Span) -> People:
    """The whole organisation; every group has one long-standing member who stays, so that work always finds an owner."""
    stream = Stream(seed, "people")
    sizes = [max(1, round(share * math.sqrt(scale))) for share in _GROUP_SHARES]
    group_of_rep = np.repeat(np.arange(GROUPS, dtype=np.int64), sizes)
    reps = len(group_of_rep)
    teams = max(2, round(reps / 8))
    head = 2 + teams
    count = head + reps
    group = np.concatenate([np.full(head, -1, dtype=np.int64), group_of_rep])
    role = np.full(count, MANAGER, dtype=np.int64)
    role[0], role[1 + teams] = VICE_PRESIDENT, OPERATIONS
    role[head:] = np.where(group_of_rep < INSTALLED_BASE, EXECUTIVE, ACCOUNT_MANAGER)
    role[head:][group_of_rep == FIRST_CONTACT] = DEVELOPMENT
    manager = np.zeros(count, dtype=np.int64)
    manager[0] = -1
    manager[head:] = 1 + np.arange(reps, dtype=np.int64) * teams // reps

    anchor = np.ones(count, dtype=bool)
    anchor[head:] = np.concatenate([[True], group_of_rep[1:] != group_of_rep[:-1]])
    new = stream.chance(0.36, count) & ~anchor
    hire_day = np.where(
        new,
        span.first + stream.below(span.last - span.first - 30, count),
        span.first - stream.between(60, 2200, count),
    )
    leaves = stream.chance(0.17, count) & ~anchor
    earliest = np.maximum(hire_day, span.first) + 150
    end_day = earliest + stream.below(np.maximum(span.last - earliest, 1), count)
    end_day = np.where(leaves & (end_day < span.last), end_day, NEVER)
    change_day = span.last - _MANAGER_LEAVES
    hire_day[LEAVER], end_day[LEAVER] = span.first - 900, change_day
    hire_day[SUCCESSOR], end_day[SUCCESSOR] = span.first - 600, NEVER
    return People(
        count=count,
        role=role,
        segment=np.where((group < 0) | (group == FIRST_CONTACT), -1, group % 3),
        group=group,
        manager=np.where(manager == LEAVER, SUCCESSOR, manager),
        manager_before=manager,
        change_day=change_day,
        anchor=np.flatnonzero(anchor & (group >= 0)),
        zone=stream.pick(ZONE_WEIGHTS, count),
        hire_day=hire_day,
        end_day=end_day,
        fte_percent=np.array([100, 80, 50])[stream.pick([90, 7, 3], count)],
        skill=0.65 + 0.75 * stream.unit(count),
        activity=stream.between(50, 150, count),
        pace=0.75 + 0.5 * stream.unit(count),
        first_name=stream.below(len(words.FIRST_NAMES), count),
        last_name=stream.below(len(words.LAST_NAMES), count),
    )


def load(scale: float) -> float:
    """Work per rep relative to a company of scale 1: deals grow with the scale, reps with its square root."""
    sizes = [max(1, round(share * math.sqrt(scale))) for share in _GROUP_SHARES]
    return scale * sum(_GROUP_SHARES) / sum(sizes)


def owners(people: People, span: Span) -> Pools:
    """Who can be given work: group x month (row = group * 24 + month) -> user who is there for the whole month."""
    weights = np.zeros((GROUPS * MONTHS, people.count), dtype=np.int64)
    for group in range(GROUPS):
        for month in range(MONTHS):
            there = (people.hire_day <= span.month_starts[month]) & (people.end_day >= span.month_starts[month + 1])
            weights[group * MONTHS + month] = people.activity * there * (people.group == group)
    return Pools(weights)
