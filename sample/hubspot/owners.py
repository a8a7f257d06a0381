"""Who sells at the subsidiary that works with HubSpot: its owners, their teams, and the one who left."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells, words
from sample.archive import Versions
from sample.draws import Floats, Ints, Stream
from sample.moments import MONTHS, Span, first_day, month_number
from sample.ready import ready
from sample.timeline import DAY
from sample.world import World

CURRENCIES = ("EUR", "GBP")
_OWNERS = 12  # at scale 1
_TEAMS = ("New customers", "Key accounts", "Partners")
# A number of an owner whom nobody deleted properly: records still name it.
UNKNOWN_OWNER = "50999999"
_GOAL_MONTHS_AHEAD = 3
_GOAL = 22_000  # euros a month and owner


@dataclass(frozen=True)
class Owners:
    """One entry per owner; the last one leaves at the moment `leaves` and passes all open work on to the first."""

    count: int
    leaves: int
    first_name: Ints
    last_name: Ints
    skill: Floats

    @property
    def leaver(self) -> int:
        """Who leaves."""
        return self.count - 1

    def at(self, first: Ints, moment: Ints) -> Ints:
        """Who owns at the moment what began with the owners `first`."""
        return np.where((first == self.leaver) & (moment >= self.leaves), 0, first)

    def draw(self, stream: Stream, created: Ints) -> Ints:
        """An owner who was there for each record created at that moment."""
        return self.at(stream.below(self.count, len(created)), created)


def hire(world: World) -> Owners:
    """The owners; their number grows with the square root of the scale, as the parent company's reps do."""
    stream = Stream(world.seed, "hubspot owners")
    n = max(3, round(_OWNERS * math.sqrt(world.scale)))
    return Owners(
        count=n,
        leaves=(world.span.first + 400) * DAY + 61_200,
        first_name=stream.below(len(words.FIRST_NAMES), n),
        last_name=stream.below(len(words.LAST_NAMES), n),
        skill=0.7 + 0.6 * stream.unit(n),
    )


def ids(owners: Ints) -> pa.StringArray:
    """Owner ids; negative owners give an empty cell."""
    return cells.integers(51_000_000 + 37 * owners, owners >= 0)


def versions(world: World, owners: Owners) -> list[Versions]:
    """owners, teams, owner_teams and goals."""
    return [_owners(world.span, owners), _teams(world.span), _members(world.span, owners), _goals(world, owners)]


def _owners(span: Span, owners: Owners) -> Versions:
    record = np.concatenate([np.arange(owners.count, dtype=np.int64), [owners.leaver]])
    gone = np.arange(len(record)) == owners.count
    moment = np.where(gone, owners.leaves, span.first * DAY - 40 * DAY)
    first = cells.words([name.translate(words.ASCII).lower() for name in words.FIRST_NAMES], owners.first_name[record])
    columns = {
        "id": ids(record),
        "email": cells.joined(first, ".", cells.integers(record + 1), "@northgate.example"),
        "type": cells.same("PERSON", len(record)),
        "firstName": cells.words(words.FIRST_NAMES, owners.first_name[record]),
        "lastName": cells.words(words.LAST_NAMES, owners.last_name[record]),
        "userId": cells.integers(7_100_000 + 11 * record),
        "createdAt": cells.timestamps(np.full(len(record), span.first * DAY - 40 * DAY)),
        "updatedAt": cells.timestamps(moment),
        "archived": cells.flags(gone),
    }
    return ready("hubspot", "owners", np.maximum(moment // DAY, span.first), columns, record=record)


def _teams(span: Span) -> Versions:
    every = np.arange(len(_TEAMS), dtype=np.int64)
    columns = {"id": _team_ids(every), "name": cells.words(_TEAMS, every)}
    return ready("hubspot", "teams", np.full(len(_TEAMS), span.first), columns)


def _members(span: Span, owners: Owners) -> Versions:
    """Everybody's main team; every fourth belongs to a second one."""
    main = np.arange(owners.count, dtype=np.int64)
    second = main[::4]
    owner = np.concatenate([main, second])
    team = np.concatenate([main % len(_TEAMS), (second + 1) % len(_TEAMS)])
    columns = {
        "owner_id": ids(owner),
        "team_id": _team_ids(team),
        "is_primary": cells.flags(np.arange(len(owner)) < owners.count),
    }
    return ready("hubspot", "owner_teams", np.full(len(owner), span.first), columns)


def _team_ids(teams: Ints) -> pa.StringArray:
    return cells.integers(880_000 + teams)


def _goals(world: World, owners: Owners) -> Versions:
    """What each owner is to sell in each month, set twenty days before."""
    span = world.span
    first = int(month_number(np.array([span.first]))[0])
    months = np.arange(first, first + MONTHS + _GOAL_MONTHS_AHEAD + 1, dtype=np.int64)
    starts = first_day(months)
    owner = np.repeat(np.arange(owners.count, dtype=np.int64), len(months) - 1)
    month = np.tile(np.arange(len(months) - 1, dtype=np.int64), owners.count)
    there = (owner != owners.leaver) | (starts[month] * DAY < owners.leaves)
    record, owner, month = np.arange(len(owner))[there], owner[there], month[there]
    load = world.scale / math.sqrt(world.scale)
    euros = np.maximum((_GOAL * load * (100 + 2 * month) / 50_000).astype(np.int64), 1) * 500
    columns = {
        "hs_object_id": cells.integers(640_000_000 + record),
        "hs_goal_name": cells.joined("Revenue ", cells.words([str(each) for each in months.astype("datetime64[M]")], month)),
        "hs_target_amount": cells.money(euros * 100),
        "hs_start_datetime": cells.timestamps(starts[month] * DAY),
        "hs_end_datetime": cells.timestamps(starts[month + 1] * DAY - 1),
        "hubspot_owner_id": ids(owner),
        "hs_currency_code": cells.same(CURRENCIES[0], len(owner)),
        "hs_createdate": cells.timestamps((starts[month] - 20) * DAY + 34_200),
    }
    seen = np.clip(starts[month] - 20, span.first, None)
    return ready("hubspot", "goals", seen, columns)
