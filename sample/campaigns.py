"""Marketing campaigns: one of each type in every calendar quarter, what they cost, and how much they truly help.

Belongs here: the plan. Not here: who answered (campaign_exports) and what was spent by day (another source).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample.draws import Ints, Stream
from sample.moments import Span, first_day, month_number

# (type in the CRM, name, true effect on a lead's propensity in percent, US dollars a quarter at scale 1)
TYPES = (
    ("Webinar", "Webinar series", 135, 9_000),
    ("Conference", "Trade show", 100, 42_000),
    ("Advertisement", "Search ads", 80, 30_000),
    ("Content", "Benchmark report", 105, 12_000),
    ("Partners", "Partner programme", 110, 16_000),
)
# For each lead source (words.LEAD_SOURCES) the chances in percent that a lead came by a campaign of each type.
_BY_SOURCE = (
    (14, 0, 40, 22, 0),
    (0, 90, 0, 0, 0),
    (0, 0, 0, 0, 70),
    (0, 0, 0, 0, 0),
    (6, 0, 0, 10, 0),
    (0, 0, 10, 4, 0),
    (5, 0, 5, 5, 0),
)


@dataclass(frozen=True)
class Campaigns:
    """One entry per campaign: type by type, quarter by quarter. `effect` is on the propensity of its leads, in percent."""

    kind: Ints
    start_day: Ints
    end_day: Ints
    budget: Ints
    cost: Ints
    effect: Ints
    quarters: int

    @property
    def count(self) -> int:
        """All campaigns."""
        return len(self.kind)


def plan(seed: int, scale: float, span: Span) -> Campaigns:
    """The campaigns of the span; budget and cost in US dollars."""
    stream = Stream(seed, "campaigns")
    quarters, starts, ends = _quarters(span)
    kind = np.repeat(np.arange(len(TYPES), dtype=np.int64), quarters)
    n = len(kind)
    dollars = np.array([entry[3] for entry in TYPES])[kind] * scale
    budget = np.maximum((dollars / 500).astype(np.int64), 1) * 500
    return Campaigns(
        kind=kind,
        start_day=np.tile(starts, len(TYPES)),
        end_day=np.tile(ends, len(TYPES)),
        budget=budget,
        cost=budget * stream.between(82, 118, n) // 100,
        effect=np.array([entry[2] for entry in TYPES])[kind] * stream.between(85, 115, n) // 100,
        quarters=quarters,
    )


def of_leads(stream: Stream, campaigns: Campaigns, source: Ints, day: Ints) -> Ints:
    """The campaign that each lead came by, -1 for none."""
    bounds = np.cumsum(np.array(_BY_SOURCE), axis=1)[source]
    kind = (stream.below(100, len(source))[:, None] >= bounds).sum(axis=1)
    quarter = np.searchsorted(campaigns.start_day[: campaigns.quarters], day, side="right") - 1
    place = np.minimum(kind, len(TYPES) - 1) * campaigns.quarters + np.clip(quarter, 0, campaigns.quarters - 1)
    return np.where(kind < len(TYPES), place, -1)


def _quarters(span: Span) -> tuple[int, Ints, Ints]:
    first, last = (month_number(np.array([span.first, span.last])) // 3).tolist()
    days = first_day(np.arange(first, last + 2, dtype=np.int64) * 3)
    return last - first + 1, days[:-1], days[1:] - 1
