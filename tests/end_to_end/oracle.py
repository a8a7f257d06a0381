"""The marts of a sample company as pandas and plain arithmetic see them: no SQL and no code of the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end import oracle_plan
from tests.end_to_end.oracle_activity import rep_activity_day
from tests.end_to_end.oracle_compare import Served
from tests.end_to_end.oracle_forecast import by_segment_and_month
from tests.end_to_end.oracle_icp import icp_segment
from tests.end_to_end.oracle_inputs import Inputs, read_inputs
from tests.end_to_end.oracle_leads import lead_funnel
from tests.end_to_end.oracle_months import rep_performance_month, team_performance_month
from tests.end_to_end.oracle_people import rep_assignment, team_structure
from tests.end_to_end.oracle_projection import period_projection
from tests.end_to_end.oracle_reps import hiring_need, rep_capacity
from tests.end_to_end.oracle_sales import Deal, daily_sales, read_deals
from tests.end_to_end.oracle_scores import hot_lead, lead_score
from tests.end_to_end.oracle_series import demand_series, dim_series
from tests.end_to_end.oracle_stock import inventory_policy
from tests.end_to_end.oracle_support import support_staffing
from tests.end_to_end.oracle_targets import core_target
from tests.end_to_end.oracle_values import Row


@dataclass(frozen=True)
class Mart:
    """A table that the oracle knows: what tells its rows apart, and how they are recomputed."""

    key: tuple[str, ...]
    rows: Callable[[Inputs, list[Deal]], list[Row]]


KPI = {
    "kpi.daily_sales": Mart(("date_day", "segment_id", "owner_id"), daily_sales),
    "kpi.rep_activity_day": Mart(("user_id", "date_day"), rep_activity_day),
    "kpi.rep_performance_month": Mart(("user_id", "month_start"), rep_performance_month),
    "kpi.team_performance_month": Mart(("scope_type", "scope_id", "month_start"), team_performance_month),
}
PLAN = {
    "core.target": Mart(("scope_type", "scope_id", "period_type", "period_start", "measure", "version"), core_target),
    "kpi.lead_funnel": Mart(("cohort_month", "lead_source", "segment_id"), lead_funnel),
    "kpi.icp_segment": Mart(("dimension", "segment_id", "month_start"), icp_segment),
    "demand.lead_score": Mart(("lead_id", "model"), lead_score),
    "demand.hot_lead": Mart(("lead_id",), hot_lead),
    "demand.dim_series": Mart(("series_id",), dim_series),
    "demand.demand_series": Mart(("series_id", "period_start"), demand_series),
    "demand.period_projection": Mart(("scope_type", "scope_id", "period_type", "period_start"), period_projection),
    "capacity.rep_capacity": Mart(("segment_id", "month_start"), rep_capacity),
    "capacity.hiring_need": Mart(("segment_id", "month_start"), hiring_need),
    "capacity.support_staffing": Mart(("queue", "weekday", "interval_start"), support_staffing),
    "capacity.inventory_policy": Mart(("item_id", "location"), inventory_policy),
    "plan.team_structure": Mart(("quarter_start",), team_structure),
    "plan.rep_assignment": Mart(("account_id",), rep_assignment),
}
# The forecast is the one thing that is not recomputed, so what follows from it starts from the published one.
FROM_FORECAST = {"plan.gap": ("segment_id", "month_start"), "plan.lever": ("lever_id",)}


class Oracle:
    """Recomputes marts from a folder of exports and a company's own parameters."""

    def __init__(self, folder: Path, company: Path | None = None) -> None:
        self.inputs = read_inputs(folder, company)
        self.deals = read_deals(self.inputs)

    def mart(self, name: str) -> list[Row]:
        """The rows that a table must have, in any order."""
        return {**KPI, **PLAN}[name].rows(self.inputs, self.deals)

    def gap(self, served: Served) -> list[Row]:
        """plan.gap, given the published forecast."""
        return oracle_plan.gap(self.inputs, self.deals, by_segment_and_month(served))

    def lever(self, served: Served) -> list[Row]:
        """plan.lever, given the published forecast."""
        return oracle_plan.lever(self.inputs, self.deals, self.gap(served))
