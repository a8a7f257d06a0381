"""Monthly quotas of the people who sell, from the year's plan: by segment, growing, with the quarter's last month highest."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells
from sample.archive import Versions, crm
from sample.draws import Ints, Stream
from sample.ids import IdSpace
from sample.moments import MONTHS, Span, day_number
from sample.people import ACCOUNT_MANAGER, People

# US dollars a month for one full-time rep at scale 1 in the first month.
_NEW_BUSINESS = (11_500, 42_000, 52_000)
_INSTALLED_BASE = (28_000, 44_000, 88_000)
# By month of the fiscal quarter, its last first: January, April, July and October.
_MONTH_OF_QUARTER = (120, 85, 95)
_FORGOTTEN, _DOUBLED = 0.004, 0.003


@dataclass(frozen=True)
class Quotas:
    """One entry per quota; `forgotten` lists the rep and first day of those that were never entered."""

    user: Ints
    start_day: Ints
    cents: Ints
    forgotten: list[tuple[int, int]]
    doubled: Ints


def plan(seed: int, people: People, span: Span, load: float) -> Quotas:
    """One quota per rep and month of employment, through the end of the last calendar year.

    Args:
        seed: of the company.
        people: the organisation.
        span: the months told of.
        load: deals per rep, relative to scale 1.
    """
    first = span.through.year * 12 + span.through.month - MONTHS
    months = np.arange(first, span.through.year * 12 + 12, dtype=np.int64)
    starts = np.array([day_number(dt.date(int(month) // 12, int(month) % 12 + 1, 1)) for month in months], dtype=np.int64)
    employed = (people.hire_day[:, None] < starts[None, :] + 28) & (people.end_day[:, None] >= starts[None, :])
    rep, month = np.nonzero(employed & people.is_rep[:, None])
    segment = people.segment[rep]
    base = np.where(people.role[rep] == ACCOUNT_MANAGER, np.array(_INSTALLED_BASE)[segment], np.array(_NEW_BUSINESS)[segment])
    growth = 100 + 2 * month
    dollars = base * growth * np.array(_MONTH_OF_QUARTER)[months[month] % 3] * people.fte_percent[rep] // 1_000_000
    cents = np.maximum((dollars * load / 500).astype(np.int64), 1) * 50_000
    stream = Stream(seed, "quota slips")
    forgotten = stream.chance(_FORGOTTEN, len(rep))
    twice = np.flatnonzero(stream.chance(_DOUBLED, len(rep)) & ~forgotten)
    order = np.concatenate([np.flatnonzero(~forgotten), twice])
    return Quotas(
        user=rep[order].astype(np.int64),
        start_day=starts[month[order]],
        cents=cents[order],
        forgotten=[(int(rep[place]), int(starts[month[place]])) for place in np.flatnonzero(forgotten)],
        doubled=np.arange(len(order) - len(twice), len(order), dtype=np.int64),
    )


def versions(given: Quotas, people: People, ids: IdSpace, span: Span) -> Versions:
    """The ForecastingQuota export: the plan of a calendar year is entered in the December before it."""
    n = len(given.user)
    quota_ids = IdSpace("ForecastingQuota", n)
    years = given.start_day.astype("datetime64[D]").astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    entered = np.minimum(np.maximum(years - 20, people.hire_day[given.user]), given.start_day)

    def rows(which: Ints) -> pa.Table:
        return pa.table(
            {
                "Id": quota_ids.of(which),
                "QuotaOwnerId": ids.of(given.user[which]),
                "StartDate": cells.dates(given.start_day[which]),
                "QuotaAmount": cells.money(given.cents[which]),
                "ProductFamily": cells.blank(len(which)),
                "CurrencyIsoCode": cells.same("USD", len(which)),
            }
        )

    return crm("ForecastingQuota", np.arange(n, dtype=np.int64), np.minimum(entered, span.last), rows)
