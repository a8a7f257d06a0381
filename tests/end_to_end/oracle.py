"""The marts of a sample company as pandas and plain arithmetic see them: no SQL and no code of the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.end_to_end.oracle_activity import rep_activity_day
from tests.end_to_end.oracle_inputs import BUSINESS, Inputs, Row, read_inputs
from tests.end_to_end.oracle_months import rep_performance_month, team_performance_month
from tests.end_to_end.oracle_sales import Deal, daily_sales, read_deals

MARTS: dict[str, tuple[tuple[str, ...], Callable[[Inputs, list[Deal]], list[Row]]]] = {
    "daily_sales": (("date_day", "segment_id", "owner_id"), daily_sales),
    "rep_activity_day": (("user_id", "date_day"), rep_activity_day),
    "rep_performance_month": (("user_id", "month_start"), rep_performance_month),
    "team_performance_month": (("scope_type", "scope_id", "month_start"), team_performance_month),
}


class Oracle:
    """Recomputes marts from a folder of exports and a folder of business parameters."""

    def __init__(self, folder: Path, business: Path = BUSINESS) -> None:
        self.inputs = read_inputs(folder, business)
        self.deals = read_deals(self.inputs)

    def mart(self, name: str) -> list[Row]:
        """The rows that the mart must have, in any order."""
        return MARTS[name][1](self.inputs, self.deals)
