"""The time in which the sample company lives: its 24 months, its working days, its season, and its people's time zones.

Days are days since 1970-01-01, moments are seconds since then in UTC.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np

from sample.draws import Ints, Stream

MONTHS = 24
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Europe/London", "Europe/Berlin")
ZONE_WEIGHTS = (34, 18, 8, 18, 12, 10)
_DAY = 86_400
_OPENS = 9 * 3600
_OFFICE_DAY = 9 * 3600
_EPOCH = dt.date(1970, 1, 1)
# New business by month of the year: weak summers and Decembers, strong springs and autumns.
_SEASON = (96, 100, 112, 104, 106, 102, 82, 78, 110, 114, 108, 88)
# The company's fiscal year begins with February; its quarters end with January, April, July and October.
FISCAL_START = 2
# By Monday to Sunday.
OFFICE_WEEK = (100, 110, 112, 108, 86, 0, 0)
WEB_WEEK = (100, 112, 112, 106, 92, 26, 30)


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def month_number(days: Ints) -> Ints:
    """Months since January 1970 of each day."""
    return np.asarray(days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))


def first_day(months: Ints) -> Ints:
    """The first day of each month, given as months since January 1970."""
    return np.asarray(months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64))


def fiscal(months: Ints) -> tuple[Ints, Ints]:
    """Fiscal year (named by the calendar year in which it ends) and month of it (0 to 11), of months since January 1970."""
    place = (months % 12 + 1 - FISCAL_START) % 12
    return (months - place + 11) // 12 + 1970, place


def weekday(days: Ints) -> Ints:
    """0 = Monday ... 6 = Sunday."""
    return (days + 3) % 7


def on_to_workday(days: Ints) -> Ints:
    """Saturdays and Sundays moved on to the Monday after."""
    return days + np.where(weekday(days) > 4, 7 - weekday(days), 0)


def back_to_workday(days: Ints) -> Ints:
    """Saturdays and Sundays moved back to the Friday before."""
    return days - np.maximum(weekday(days) - 4, 0)


def spread_to_workdays(stream: Stream, days: Ints) -> Ints:
    """Saturdays and Sundays moved to any workday of the week that they end, so that Fridays do not pile up."""
    of_week = weekday(days)
    return np.where(of_week > 4, days - of_week + stream.below(5, len(days)), days)


class Span:
    """The months that the exports tell of.

    Args:
        through: the last day; also the day the exports are extracted.
    """

    def __init__(self, through: dt.date) -> None:
        self.through = through
        self.last = day_number(through)
        months = [(through.year * 12 + through.month - MONTHS + k) for k in range(MONTHS + 1)]
        starts = [day_number(dt.date(month // 12, month % 12 + 1, 1)) for month in months]
        self.month_starts: Ints = np.array(starts, dtype=np.int64)
        self.first = starts[0]
        self.end = (self.last + 1) * _DAY
        self._days = np.arange(self.first, self.last + 1, dtype=np.int64)
        self._offset_from = self.first - 40
        self._offsets = np.array([self._zone_offsets(zone) for zone in ZONES], dtype=np.int64)

    def _zone_offsets(self, zone: str) -> list[int]:
        """Seconds ahead of UTC at noon of every day; asked once a week, and daily only in the weeks in which clocks change."""
        info = ZoneInfo(zone)

        def at(day: int) -> int:
            offset = dt.datetime.combine(_EPOCH + dt.timedelta(days=day), dt.time(12), info).utcoffset()
            assert offset is not None
            return int(offset.total_seconds())

        offsets: list[int] = []
        for monday in range(self._offset_from, self.last + 1, 7):
            first, following = at(monday), at(monday + 7)
            offsets += [first] * 7 if first == following else [at(day) for day in range(monday, monday + 7)]
        return offsets[: self.last + 1 - self._offset_from]

    def month(self, days: Ints) -> Ints:
        """Which of the months (0-based) each day lies in; days outside count to the first or last month."""
        return np.clip(np.searchsorted(self.month_starts, days, side="right") - 1, 0, MONTHS - 1)

    def quarter_end(self, days: Ints) -> Ints:
        """The last day of the fiscal quarter of each day."""
        months = month_number(days)
        following = ((months - FISCAL_START + 1) // 3 + 1) * 3 + FISCAL_START - 1
        return first_day(following) - 1

    def created(self, stream: Stream, n: int, week: tuple[int, ...]) -> Ints:
        """`n` days on which things begin: growing by four fifths over the two years, by season and by day of the week."""
        months = month_number(self._days) % 12
        growth = 100 + 80 * (self._days - self.first) // (MONTHS * 30)
        weights = growth * np.array(_SEASON)[months] * np.array(week)[weekday(self._days)]
        return self.first + stream.pick(weights, n)

    def moment(self, days: Ints, minutes: Ints, zone: Ints, seconds: Ints | int = 0) -> Ints:
        """The UTC moment of a local time of day; what would fall after the last day is told a day earlier."""
        offset = self._offset(days, zone)
        moments = days * _DAY + minutes * 60 + seconds - offset
        return np.where(moments >= self.end, moments - _DAY, moments)

    def working_seconds(self, moments: Ints, zone: Ints) -> Ints:
        """Office time (Monday to Friday, 9 to 18 local) that has passed at each moment; never falls as time goes on."""
        day, second = np.divmod(moments + self._offset(moments // _DAY, zone), _DAY)
        of_week = weekday(day)
        today = np.where(of_week < 5, np.clip(second - _OPENS, 0, _OFFICE_DAY), 0)
        return ((day + 3) // 7 * 5 + np.minimum(of_week, 5)) * _OFFICE_DAY + today

    def after_working_seconds(self, passed: Ints, zone: Ints) -> Ints:
        """The moment at which that much office time has passed; the inverse of `working_seconds`."""
        office_day, second = np.divmod(passed, _OFFICE_DAY)
        day = office_day // 5 * 7 + office_day % 5 - 3
        return np.asarray(day * _DAY + _OPENS + second - self._offset(day, zone))

    def local_day(self, moments: Ints, zone: Ints) -> Ints:
        """The day it is in the zone at each moment."""
        return (moments + self._offset(moments // _DAY, zone)) // _DAY

    def _offset(self, days: Ints, zone: Ints) -> Ints:
        return np.asarray(self._offsets[zone, np.clip(days, self._offset_from, self.last) - self._offset_from])
