"""The marketing/spend export: what each campaign cost, month by month and channel by channel."""

from __future__ import annotations

import numpy as np

from sample import cells
from sample.archive import Versions
from sample.campaigns import TYPES
from sample.draws import Stream
from sample.ready import ready
from sample.world import World

_CHANNELS = ("search", "social", "events", "e-mail", "partners")
_PARTS = 3


def versions(world: World) -> list[Versions]:
    """A campaign's cost in three parts over its time; a part is entered on its day."""
    campaigns, stream = world.campaigns, Stream(world.seed, "spend")
    campaign = np.repeat(np.arange(campaigns.count, dtype=np.int64), _PARTS)
    part = np.tile(np.arange(_PARTS, dtype=np.int64), campaigns.count)
    length = campaigns.end_day - campaigns.start_day
    day = campaigns.start_day[campaign] + length[campaign] * part // _PARTS
    cost = campaigns.cost[campaign] * 100 // _PARTS
    there = day <= world.span.last
    campaign, day, cost = campaign[there], day[there], cost[there]
    columns = {
        "campaign": cells.joined(cells.words([entry[1] for entry in TYPES], campaigns.kind[campaign]), " ",
                                 cells.dates(campaigns.start_day[campaign])),
        "channel": cells.words(_CHANNELS, stream.below(len(_CHANNELS), campaigns.count)[campaign]),
        "date": cells.dates(day),
        "cost": cells.money(cost),
        "currency": cells.same("USD", len(day)),
    }  # fmt: skip
    return [ready("marketing", "spend", np.maximum(day, world.span.first), columns)]
