"""The exports about the sales organisation: CRM users and their roles, and HR's employees."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells, words
from sample.archive import Versions, crm
from sample.draws import Ints
from sample.ids import IdSpace
from sample.moments import ZONES, Span
from sample.people import DEVELOPMENT, EXECUTIVE, NEVER, OPERATIONS, ROLES, SEGMENTS, People
from sample.timeline import DAY, Timeline

_COST = (260_000, 165_000, 120_000, 130_000, 115_000, 72_000)
_SENIOR_SKILL = 1.15
# The role above each role; -1 = the top.
_ROLE_ABOVE = (-1, 0, 0, 1, 1, 1)


def versions(people: People, ids: IdSpace, span: Span) -> list[Versions]:
    """User, UserRole and HR's employees."""
    record, seen = _changes(people, span)
    cycle = manager_cycle(people)

    def users(which: Ints) -> pa.Table:
        return _users(people, ids, span, cycle, record[which], seen[which])

    def employees(which: Ints) -> pa.Table:
        return _employees(people, ids, record[which], seen[which])

    roles = np.arange(len(ROLES), dtype=np.int64)
    return [
        crm("User", record, seen, users),
        crm("UserRole", roles, np.full(len(roles), span.first), _user_roles),
        Versions("hr", "employees", record, seen, employees),
    ]


def _changes(people: People, span: Span) -> tuple[Ints, Ints]:
    """The user and the day of everything that changes one: arrival, leaving, another manager."""
    every = np.arange(people.count, dtype=np.int64)
    left = np.flatnonzero(people.end_day <= span.last)
    moved = np.flatnonzero((people.manager != people.manager_before) & (people.hire_day < people.change_day))
    happened = Timeline(
        [
            (every, people.hire_day * DAY),
            (left, people.end_day[left] * DAY),
            (moved, np.full(len(moved), people.change_day * DAY, dtype=np.int64)),
        ]
    )
    return happened.record, happened.day


def manager_cycle(people: People) -> Ints:
    """Two people whom the CRM (not HR) shows as each other's manager; none where no two share a team."""
    team = np.flatnonzero((people.role == DEVELOPMENT) & (people.end_day == NEVER))
    return team[-2:] if len(team) > 2 else team[:0]


def _users(people: People, ids: IdSpace, span: Span, cycle: Ints, user: Ints, day: Ints) -> pa.Table:
    email = emails(people, user)
    seniority = np.where((people.role[user] == EXECUTIVE) & (people.skill[user] > _SENIOR_SKILL), len(ROLES), people.role[user])
    manager = people.manager_on(user, day)
    if len(cycle):
        manager = np.where(user == cycle[0], cycle[1], np.where(user == cycle[1], cycle[0], manager))
    return pa.table(
        {
            "Id": ids.of(user),
            "Username": cells.joined(email, ".crm"),
            "Email": email,
            "Name": cells.joined(
                cells.words(words.FIRST_NAMES, people.first_name[user]),
                " ",
                cells.words(words.LAST_NAMES, people.last_name[user]),
            ),
            "Title": cells.words((*ROLES, "Senior Account Executive"), seniority),
            "Department": cells.words(("Sales", "Sales Operations"), (people.role[user] == OPERATIONS).astype(np.int64)),
            "ManagerId": ids.of(manager),
            "UserRoleId": IdSpace("UserRole", len(ROLES)).of(people.role[user]),
            "TimeZoneSidKey": cells.words(ZONES, people.zone[user]),
            "CreatedDate": cells.timestamps(np.maximum(people.hire_day[user], span.first - 30) * DAY + 15 * 3600),
            "IsActive": cells.flags(people.end_day[user] > day),
        }
    )


def _user_roles(which: Ints) -> pa.Table:
    ids = IdSpace("UserRole", len(ROLES))
    return pa.table(
        {"Id": ids.of(which), "Name": cells.words(ROLES, which), "ParentRoleId": ids.of(np.array(_ROLE_ABOVE)[which])}
    )


def _employees(people: People, ids: IdSpace, user: Ints, day: Ints) -> pa.Table:
    numbers = employee_numbers(people)
    return pa.table(
        {
            "employee_id": cells.words(numbers, user),
            "crm_user_id": ids.of(user),
            "email": emails(people, user),
            "role": cells.words(ROLES, people.role[user]),
            "segment": cells.words(SEGMENTS, people.segment[user]),
            "manager_id": cells.words(numbers, people.manager_on(user, day)),
            "hire_date": cells.dates(people.hire_day[user]),
            "end_date": cells.dates(people.end_day[user], people.end_day[user] <= day),
            "fte": cells.words(("0.5", "0.8", "1.0"), np.searchsorted([50, 80, 100], people.fte_percent[user])),
            "cost_per_year": cells.money(np.array(_COST)[people.role[user]] * people.fte_percent[user]),
            "currency": cells.same("USD", len(user)),
        }
    )


def employee_numbers(people: People) -> pa.StringArray:
    """HR's number of each person."""
    return cells.joined("E", cells.digits(1001 + np.arange(people.count, dtype=np.int64), 6))


def emails(people: People, user: Ints) -> pa.StringArray:
    """The company addresses of the users."""
    plain_first = [name.translate(words.ASCII).lower() for name in words.FIRST_NAMES]
    plain_last = [name.translate(words.ASCII).lower() for name in words.LAST_NAMES]
    return cells.joined(
        cells.words(plain_first, people.first_name[user]),
        ".",
        cells.words(plain_last, people.last_name[user]),
        cells.integers(user),
        "@brightwell.example",
    )
