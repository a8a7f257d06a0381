"""The finance/targets export: what the company and its segments mean to book, above the trend of what they do book."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample import cells
from sample.archive import Versions
from sample.deals import WON
from sample.draws import Ints
from sample.moments import MONTHS, first_day, fiscal, month_number
from sample.people import SEGMENTS
from sample.rates import EUR
from sample.ready import ready
from sample.world import World

# Months after the span that have targets, and how far ahead of its first day a year's targets are set.
_AHEAD, _SET_BEFORE = 15, 120
# In percent: above the trend, and what the revision of next quarter's months adds.
_STRETCH, _REVISED = 112, 106
_SEASON = (90, 100, 104, 96, 100, 108, 92, 88, 112, 108, 100, 102)


@dataclass(frozen=True)
class _Rows:
    scope: list[str]
    period: list[str]
    version: list[str]
    dollars: list[int]
    seen: list[int]

    def add(self, scope: str, period: str, version: str, dollars: int, seen: int) -> None:
        self.scope.append(scope)
        self.period.append(period)
        self.version.append(version)
        self.dollars.append(dollars)
        self.seen.append(seen)


def targets(world: World) -> Versions:
    """By month, fiscal quarter and fiscal year, for the company and each segment; a later version for a few months."""
    first = month_number(np.array([world.span.first]))[0]
    months = np.arange(first, first + MONTHS + _AHEAD, dtype=np.int64)
    by_segment = np.array([_segment(world, segment, months) for segment in range(len(SEGMENTS))])
    rows = _Rows([], [], [], [], [])
    scopes = [("company", by_segment.sum(axis=0))]
    scopes += [(f"segment:{name}", by_segment[place]) for place, name in enumerate(SEGMENTS)]
    for scope, dollars in scopes:
        _periods(rows, world, scope, months, dollars)
    columns = {
        "scope": cells.words(rows.scope, np.arange(len(rows.scope))),
        "period": cells.words(rows.period, np.arange(len(rows.scope))),
        "measure": cells.same("bookings", len(rows.scope)),
        "version": cells.words(rows.version, np.arange(len(rows.scope))),
        "amount": cells.money(np.array(rows.dollars, dtype=np.int64) * 100),
    }
    return ready("finance", "targets", np.array(rows.seen, dtype=np.int64), columns)


def _segment(world: World, segment: int, months: Ints) -> Ints:
    """US dollars a month: the line through the two years' mean bookings, stretched, by season, in thousands."""
    deals = world.deals
    won = np.flatnonzero((deals.outcome == WON) & (deals.segment == segment) & ~deals.deleted & ~deals.amount_missing)
    cents = np.where(
        deals.currency[won] == EUR, deals.cents[won] * world.rates.on(deals.close_day[won]) // 10_000, deals.cents[won]
    )
    year = np.clip((month_number(deals.close_day[won]) - months[0]) // 12, 0, 1)
    first, second = (int(cents[year == part].sum()) // 1200 for part in (0, 1))
    growth = min(max(second - first, 0), second)
    # The middles of the two years lie at months 5.5 and 17.5.
    trend = second + growth * (2 * np.arange(len(months), dtype=np.int64) - 35) // 24
    season = np.array(_SEASON)[months % 12]
    return np.asarray(np.maximum(trend * season * _STRETCH // 10_000_000, 1) * 1000)


def _periods(rows: _Rows, world: World, scope: str, months: Ints, dollars: Ints) -> None:
    year, of_year = fiscal(months)
    for place, month in enumerate(months.tolist()):
        day = _visible(world, month - int(of_year[place]))
        rows.add(scope, str(np.datetime64(month, "M")), "1", int(dollars[place]), day)
        if MONTHS <= place < MONTHS + 3:
            # Revised in the last weeks, when the past year was known.
            rows.add(scope, str(np.datetime64(month, "M")), "2", int(dollars[place]) * _REVISED // 100, world.span.last - 10)
    for length, name in ((3, "{year}-Q{quarter}"), (12, "{year}")):
        for place in np.flatnonzero(of_year % length == 0).tolist():
            if place + length <= len(months):
                period = name.format(year=year[place], quarter=of_year[place] // 3 + 1)
                start = int(months[place] - of_year[place])
                rows.add(scope, period, "1", int(dollars[place : place + length].sum()), _visible(world, start))


def _visible(world: World, year_start: int) -> int:
    """The day on which a fiscal year's targets are set."""
    start = int(first_day(np.array([year_start]))[0])
    return min(max(start - _SET_BEFORE, world.span.first), world.span.last)
