"""The Territory2 and UserTerritory2Association exports, with the territory that goes to others in mid-quarter."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells
from sample.archive import Versions, crm
from sample.draws import Ints
from sample.handovers import move_day
from sample.ids import IdSpace
from sample.people import NEVER
from sample.timeline import DAY, Timeline
from sample.traits import Traits
from sample.world import World

# (name, parent); the last one is where the country of handovers.MOVED_COUNTRY lies.
TERRITORIES = (
    ("Americas", -1),
    ("EMEA and APAC", -1),
    ("US East", 0),
    ("US Central", 0),
    ("US West", 0),
    ("Canada", 0),
    ("UK and Ireland", 1),
    ("France and Benelux", 1),
    ("Iberia", 1),
    ("Australia", 1),
    ("Germany", 1),
)
_MOVED = 10
# By time zone (moments.ZONES): where its people sell.
_BY_ZONE = ((2, 5), (3, 3), (3, 4), (4, 4), (6, 9), (7, 8, 10))


def versions(world: World) -> list[Versions]:
    """Both objects."""
    every = np.arange(len(TERRITORIES), dtype=np.int64)
    return [crm("Territory2", every, np.full(len(every), world.span.first), _territories), _associations(world)]


def _territories(which: Ints) -> pa.Table:
    ids = IdSpace("Territory2", len(TERRITORIES))
    return pa.table(
        {
            "Id": ids.of(which),
            "Name": cells.words([territory[0] for territory in TERRITORIES], which),
            "ParentTerritory2Id": ids.of(np.array([territory[1] for territory in TERRITORIES])[which]),
        }
    )


def _associations(world: World) -> Versions:
    """Each rep's territory until it moves or the rep leaves, and the one that the successors get."""
    people, span, traits = world.people, world.span, Traits(world.seed, "territory")
    reps = np.flatnonzero(people.group >= 0)
    moved = move_day(span)
    choice = traits.unit("which", reps)
    first = np.array([_BY_ZONE[zone][int(unit * len(_BY_ZONE[zone]))] for zone, unit in
                      zip(people.zone[reps], choice, strict=True)], dtype=np.int64)  # fmt: skip
    is_anchor = np.isin(reps, people.anchor)
    loses = (first == _MOVED) & ~is_anchor
    gains = people.anchor[~np.isin(people.anchor, reps[first == _MOVED])]
    user = np.concatenate([reps, gains])
    territory = np.concatenate([first, np.full(len(gains), _MOVED)])
    begins = np.concatenate([np.maximum(people.hire_day[reps], span.first), np.full(len(gains), moved)])
    ends = np.concatenate(
        [np.where(loses & (people.end_day[reps] > moved), moved, people.end_day[reps]), np.full(len(gains), NEVER)]
    )
    # Whoever came after the move never had the territory that moved.
    kept = begins < ends
    user, territory, begins, ends = user[kept], territory[kept], begins[kept], ends[kept]
    every = np.arange(len(user), dtype=np.int64)
    over = np.flatnonzero(ends <= span.last)
    happened = Timeline([(every, begins * DAY), (over, ends[over] * DAY)])
    ids = IdSpace("UserTerritory2Association", len(user))

    def rows(which: Ints) -> pa.Table:
        association, day = happened.record[which], happened.day[which]
        return pa.table(
            {
                "Id": ids.of(association),
                "UserId": world.spaces["User"].of(user[association]),
                "Territory2Id": IdSpace("Territory2", len(TERRITORIES)).of(territory[association]),
                "IsActive": cells.flags(ends[association] > day),
                "RoleInTerritory2": cells.same("Owner", len(which)),
                "LastModifiedDate": cells.timestamps(np.minimum(day * DAY + 12 * 3600, span.end - 1)),
            }
        )

    return crm("UserTerritory2Association", happened.record, happened.day, rows)
