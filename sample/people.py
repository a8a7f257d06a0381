"""The sales organisation: who works there, who leads whom, when they came and left, how good they are.

Three levels (a vice president, managers, reps) plus operations. The number of reps grows with the square root of the scale,
so that larger companies have both more reps and more work for each.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells, words
from sample.draws import Flags, Floats, Ints, Pools, Stream
from sample.ids import IdSpace
from sample.moments import MONTHS, ZONE_WEIGHTS, ZONES, Span

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
_COST = (260_000, 165_000, 120_000, 130_000, 115_000, 72_000)
NEVER = 1 << 40


@dataclass(frozen=True)
class People:
    """One entry per CRM user. Days are days since 1970-01-01; `end_day` is NEVER for who is still there."""

    count: int
    role: Ints
    segment: Ints
    group: Ints
    manager: Ints
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
    return People(
        count=count,
        role=role,
        segment=np.where((group < 0) | (group == FIRST_CONTACT), -1, group % 3),
        group=group,
        manager=manager,
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


def users(people: People, ids: IdSpace, span: Span) -> pa.Table:
    """The User export."""
    email = _emails(people)
    go_live = span.first - 30
    role_ids = IdSpace("UserRole", len(ROLES))
    seniority = np.where((people.role == EXECUTIVE) & (people.skill > 1.15), len(ROLES), people.role)
    return pa.table(
        {
            "Id": ids.all(),
            "Username": cells.joined(email, ".crm"),
            "Email": email,
            "Name": _names(people),
            "Title": cells.words((*ROLES, "Senior Account Executive"), seniority),
            "Department": cells.words(("Sales", "Sales Operations"), (people.role == OPERATIONS).astype(np.int64)),
            "ManagerId": ids.of(people.manager),
            "UserRoleId": role_ids.of(people.role),
            "TimeZoneSidKey": cells.words(ZONES, people.zone),
            "CreatedDate": cells.timestamps(np.maximum(people.hire_day, go_live) * 86_400 + 15 * 3600),
            "IsActive": cells.flags(people.end_day > span.last),
        }
    )


def employees(people: People, ids: IdSpace, span: Span) -> pa.Table:
    """The HR export: every CRM user, numbered by HR, leavers with their last day."""
    numbers = cells.joined("E", cells.digits(1001 + np.arange(people.count, dtype=np.int64), 6))
    left = people.end_day <= span.last
    return pa.table(
        {
            "employee_id": numbers,
            "crm_user_id": ids.all(),
            "email": _emails(people),
            "role": cells.words(ROLES, people.role),
            "segment": cells.words(SEGMENTS, people.segment),
            "manager_id": cells.words(numbers, people.manager),
            "hire_date": cells.dates(people.hire_day),
            "end_date": cells.dates(people.end_day, left),
            "fte": cells.words(("0.5", "0.8", "1.0"), np.searchsorted([50, 80, 100], people.fte_percent)),
            "cost_per_year": cells.money(np.array(_COST)[people.role] * people.fte_percent),
            "currency": cells.same("USD", people.count),
        }
    )


def _names(people: People) -> pa.StringArray:
    return cells.joined(cells.words(words.FIRST_NAMES, people.first_name), " ", cells.words(words.LAST_NAMES, people.last_name))


def _emails(people: People) -> pa.StringArray:
    plain_first = [name.translate(words.ASCII).lower() for name in words.FIRST_NAMES]
    plain_last = [name.translate(words.ASCII).lower() for name in words.LAST_NAMES]
    return cells.joined(
        cells.words(plain_first, people.first_name),
        ".",
        cells.words(plain_last, people.last_name),
        cells.integers(np.arange(people.count, dtype=np.int64)),
        "@brightwell.example",
    )
