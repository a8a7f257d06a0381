"""The marketing/spend export: what each campaign cost, in three parts over its time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample import campaign_exports, cells
from sample.archive import Versions
from sample.draws import Flags, Ints, Stream
from sample.ready import ready
from sample.slips import some
from sample.truth import Defects
from sample.world import World

_CHANNELS = ("search", "social", "events", "e-mail", "partners")
_SLIPS = ("serach", "socail", "evnts", "e-mial", "parnters")
_PARTS = 3
_NEGATIVE, _MISSPELT, _TWICE = 0.01, 0.02, 0.015


@dataclass(frozen=True)
class _Costs:
    """One entry per part of a campaign's cost; the flags are slips: a cost below nothing, a misspelt channel, entered twice."""

    campaign: Ints
    channel: Ints
    day: Ints
    cents: Ints
    negative: Flags
    misspelt: Flags
    twice: Flags


def _costs(world: World) -> _Costs:
    """A campaign's cost in three parts over its time."""
    campaigns, stream = world.campaigns, Stream(world.seed, "spend")
    campaign = np.repeat(np.arange(campaigns.count, dtype=np.int64), _PARTS)
    part = np.tile(np.arange(_PARTS, dtype=np.int64), campaigns.count)
    length = campaigns.end_day - campaigns.start_day
    day = campaigns.start_day[campaign] + length[campaign] * part // _PARTS
    there = day <= world.span.last
    campaign, day = campaign[there], day[there]
    every = np.ones(len(day), dtype=bool)
    channel = stream.below(len(_CHANNELS), campaigns.count)[campaign]
    return _Costs(
        campaign=campaign,
        channel=channel,
        day=day,
        cents=campaigns.cost[campaign] * 100 // _PARTS,
        negative=some(stream, _NEGATIVE, every),
        misspelt=some(stream, _MISSPELT, every),
        twice=some(stream, _TWICE, every),
    )


def versions(world: World) -> list[Versions]:
    """Costs, each entered on its day; a few stand there twice."""
    costs = _costs(world)
    every = np.arange(len(costs.day), dtype=np.int64)
    which = np.sort(np.concatenate([every, np.flatnonzero(costs.twice)]), kind="stable")
    channel = costs.channel + len(_CHANNELS) * costs.misspelt
    sign = cells.words(("-",), np.where(costs.negative, 0, -1)[which])
    columns = {
        "campaign": cells.words(campaign_exports.names(world), costs.campaign[which]),
        "channel": cells.words(_CHANNELS + _SLIPS, channel[which]),
        "date": cells.dates(costs.day[which]),
        "cost": cells.joined(sign, cells.money(costs.cents[which])),
        "currency": cells.same("USD", len(which)),
    }
    return [ready("marketing", "spend", np.maximum(costs.day[which], world.span.first), columns)]


def defects(world: World) -> list[Defects]:
    """Costs below nothing, misspelt channels, costs entered twice; named by campaign and day."""
    costs = _costs(world)
    names = cells.joined(cells.words(campaign_exports.names(world), costs.campaign), " ", cells.dates(costs.day))
    return [
        Defects(rule, "marketing.spend", cells.words(names, np.flatnonzero(flag)))
        for rule, flag in (
            ("cost_negative", costs.negative),
            ("channel_misspelt", costs.misspelt),
            ("row_repeated", costs.twice),
        )
    ]
