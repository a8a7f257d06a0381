"""Monthly quotas of the people who sell, from the year's plan: by segment, growing, with the quarter's last month highest."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

from sample import cells
from sample.ids import IdSpace
from sample.moments import MONTHS, Span, day_number
from sample.people import ACCOUNT_MANAGER, People

# US dollars a month for one full-time rep at scale 1 in the first month.
_NEW_BUSINESS = (13_000, 26_000, 60_000)
_INSTALLED_BASE = (34_000, 40_000, 90_000)
_MONTH_OF_QUARTER = (85, 95, 120)


def quotas(people: People, ids: IdSpace, span: Span, load: float) -> pa.Table:
    """The ForecastingQuota export, one row per rep and month of employment, through the end of the last calendar year.

    Args:
        people: the organisation.
        ids: the users' ids.
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
    rounded = np.maximum((dollars * load / 500).astype(np.int64), 1) * 500
    n = len(rep)
    return pa.table(
        {
            "Id": IdSpace("ForecastingQuota", n).all(),
            "QuotaOwnerId": ids.of(rep.astype(np.int64)),
            "StartDate": cells.dates(starts[month]),
            "QuotaAmount": cells.money(rounded * 100),
            "ProductFamily": cells.blank(n),
            "CurrencyIsoCode": cells.same("USD", n),
        }
    )
