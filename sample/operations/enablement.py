"""The enablement/assets export: what reps are given to sell with, and how often it was used up to each month's end."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells
from sample.archive import Versions
from sample.draws import Flags, Ints, Stream
from sample.history import STAGES
from sample.moments import MONTHS
from sample.ready import ready
from sample.slips import NOTHING
from sample.truth import Defects
from sample.world import World

_KINDS = ("Battle card", "Case study", "Demo script", "Price guide", "Objection handling", "Proposal template")
_TOPICS = ("competition", "security", "return on investment", "onboarding")
_OPEN_STAGES = 8
_USES = 60  # of a popular asset in a month at scale 1
# By asset: counted below nothing, without a topic, for a stage that is misspelt, listed twice.
_NEGATIVE, _NOTHING, _MISSPELT, _TWICE = 9, 4, 14, 2


def versions(world: World) -> list[Versions]:
    """A count of every asset at the end of each month; one asset is listed twice."""
    span, n = world.span, _count()
    record = np.repeat(np.arange(n + 1, dtype=np.int64), MONTHS)
    month = np.tile(np.arange(MONTHS, dtype=np.int64), n + 1)
    # Assets come out one after another over the first year.
    there = month >= np.where(record < n, record, _TWICE) % 12
    record, month = record[there], month[there]
    asset = np.where(record < n, record, _TWICE)
    monthly = np.maximum((_USES * world.scale * Stream(world.seed, "assets").unit(n)).astype(np.int64), 1)
    uses = monthly[asset] * (month + 1 - asset % 12)
    stages = [entry[0] for entry in STAGES[:_OPEN_STAGES]] + ["Propsal/Price Quote"]
    stage = np.where(asset == _MISSPELT, _OPEN_STAGES, asset % _OPEN_STAGES)
    topics = cells.words(_TOPICS, asset // len(_KINDS))
    columns = {
        "asset": _names(asset, record >= n),
        "topic": cells.chosen(asset == _NOTHING, cells.same(NOTHING[0], len(asset)), topics),
        "stage": cells.words(stages, stage),
        "uses": cells.integers(np.where(asset == _NEGATIVE, -uses - 1, uses)),
    }
    seen = np.minimum(span.month_starts[month + 1] - 1, span.last)
    return [ready("enablement", "assets", seen, columns, record=record)]


def _count() -> int:
    return len(_KINDS) * len(_TOPICS)


def _names(asset: Ints, again: Flags) -> pa.StringArray:
    name = cells.joined(cells.words(_KINDS, asset % len(_KINDS)), ": ", cells.words(_TOPICS, asset // len(_KINDS)))
    return cells.joined(name, cells.words((" ",), np.where(again, 0, -1)))


def defects(_: World) -> list[Defects]:
    """Uses below nothing, no topic, a misspelt stage, an asset listed twice."""
    every = np.arange(_count(), dtype=np.int64)
    names = _names(every, np.zeros(len(every), dtype=bool))
    return [
        Defects(rule, "enablement.assets", names.slice(asset, 1))
        for rule, asset in (
            ("uses_negative", _NEGATIVE),
            ("null_word", _NOTHING),
            ("stage_unknown", _MISSPELT),
            ("entered_twice", _TWICE),
        )
    ]
