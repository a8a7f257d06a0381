"""The sample company's own business parameters: only what differs from the built-in ones, as a company folder."""

from __future__ import annotations

from pathlib import Path

from sample.moments import FISCAL_START

_CALENDAR = f"""\
# The sample company's calendar. The fiscal year is named by the calendar year in which it ends.
timezone: UTC
reporting_currency: USD
# The fiscal year begins with February; its quarters end with April, July, October and January.
fiscal_year_start_month: {FISCAL_START}
# Whether one quota is for a month or for a quarter (a quarterly quota is never cut into months).
quota_period: month
# Days after the end of a creation quarter until its win rate is called mature.
cohort_maturity_days: 180
# Minutes of work a weekday.
working_minutes: {{monday: 480, tuesday: 480, wednesday: 480, thursday: 480, friday: 480, saturday: 0, sunday: 0}}
# Days on which nobody works: "YYYY-MM-DD": name.
holidays: {{}}
"""


def write(folder: Path) -> None:
    """Make the company folder; files of the same names are replaced."""
    business = folder / "business"
    business.mkdir(parents=True, exist_ok=True)
    (business / "calendar.yml").write_text(_CALENDAR, encoding="utf-8")
