"""Who shows interest, how likely each truly is to become an opportunity, and who does.

The propensity follows from what the CRM shows (source, title, size, campaign) and from an intent that shows only in what the
person does on the web site and in e-mails.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample import words
from sample.campaigns import Campaigns, of_leads
from sample.companies import SIZE_WEIGHTS
from sample.draws import Flags, Floats, Ints, Stream
from sample.moments import WEB_WEEK, Span, on_to_workday

_DAY = 86_400
# By segment, in percent: the middle one is where the product fits best.
SEGMENT_INTEREST = (75, 155, 100)
_BASE = 0.21
_LEAST, _MOST = 0.01, 0.6
# The propensity is multiplied by _IDLE without intent, and by _IDLE + _EAGER with the most, rising with the intent's cube.
_IDLE, _EAGER = 0.08, 3.7
_LONGEST_WAIT = 37
_WITHOUT_DEAL = 0.06


@dataclass(frozen=True)
class Interest:
    """One entry per person who showed interest, in no order; -1 = none.

    `propensity` is the true chance of converting. `converts_day` is the local day of a conversion within the span;
    `bare` conversions make an account, but no opportunity.
    """

    count: int
    created: Ints
    segment: Ints
    source: Ints
    title: Ints
    intent: Floats
    campaign: Ints
    propensity: Floats
    converts_day: Ints
    bare: Flags


def show(seed: int, scale: float, span: Span, campaigns: Campaigns) -> Interest:
    """Everyone who showed interest within the span; 19,780 at scale 1."""
    stream = Stream(seed, "interest")
    n = max(80, round(19_780 * scale))
    day = span.created(stream, n, WEB_WEEK)
    created = day * _DAY + stream.below(_DAY, n)
    segment = stream.pick(SIZE_WEIGHTS, n)
    source = stream.pick(words.LEAD_SOURCE_WEIGHTS, n)
    title = np.where(stream.chance(0.9, n), stream.pick(words.TITLE_WEIGHTS, n), -1)
    intent = stream.unit(n)
    campaign = of_leads(stream, campaigns, source, day)
    chance = propensity(segment, source, title, intent, np.where(campaign >= 0, campaigns.effect[campaign], 100))
    wait = 1 + stream.below(_LONGEST_WAIT, n)
    converts_day = on_to_workday(day + wait)
    converts = stream.chance(chance, n) & (converts_day < span.last)
    # However small, a company has sold something to somebody.
    converts[np.argsort(day, kind="stable")[:4]] = True
    return Interest(
        count=n, created=created, segment=segment, source=source, title=title, intent=intent, campaign=campaign,
        propensity=chance, converts_day=np.where(converts, converts_day, -1), bare=converts & stream.chance(_WITHOUT_DEAL, n),
    )  # fmt: skip


def propensity(segment: Ints, source: Ints, title: Ints, intent: Floats, campaign_percent: Ints) -> Floats:
    """The true chance of converting, 0.01 to 0.6."""
    shown = (
        np.array(SEGMENT_INTEREST)[segment]
        * np.array(words.LEAD_SOURCE_INTEREST)[source]
        * np.array(words.TITLE_INTEREST)[title]
        * campaign_percent
    )
    return np.asarray(np.clip(_BASE * (shown / 100_000_000) * (_IDLE + _EAGER * intent * intent * intent), _LEAST, _MOST))
