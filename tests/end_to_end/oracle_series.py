"""demand.dim_series and demand.demand_series, recomputed from the exports; and from when to when data reach."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from tests.end_to_end.oracle_activity import read_activities
from tests.end_to_end.oracle_inputs import Inputs, once
from tests.end_to_end.oracle_leads import read_leads
from tests.end_to_end.oracle_sales import Deal
from tests.end_to_end.oracle_values import Row, add_months, day, month_end, month_of, months_between, sql_key

# A mistyped year is no event of the company.
EARLIEST, LATEST = -60, 20


class Series(NamedTuple):
    """What a series measures: of everything, of one segment or of one item."""

    measure: str
    level: str
    segment: str
    item: str | None

    @property
    def key(self) -> str:
        """The series's id in the warehouse."""
        return sql_key(self.measure, self.level, self.item or self.segment)


@once
def first_event(inputs: Inputs, deals: list[Deal]) -> date:
    """The first day on which anything happened: a deal created or closed, or an activity."""
    low, high = (inputs.as_of.replace(year=inputs.as_of.year + years) for years in (EARLIEST, LATEST))
    days = [at for deal in deals for at in (deal.created, deal.closed)] + [a.local_day for a in read_activities(inputs)]
    return min(at for at in days if at is not None and low <= at <= high)


def first_month(inputs: Inputs, deals: list[Deal]) -> date:
    """The first month that data do not begin in the middle of."""
    first = first_event(inputs, deals)
    return first if first.day == 1 else add_months(month_of(first), 1)


@once
def series_values(inputs: Inputs, deals: list[Deal]) -> dict[Series, dict[date, float]]:
    """Value by month of every series, months without anything left out."""
    first = first_month(inputs, deals)
    found: dict[Series, dict[date, float]] = defaultdict(lambda: defaultdict(float))

    def add(measure: str, level: str, name: str, at: date | None, value: float) -> None:
        if at is not None and first <= at <= month_end(inputs.as_of):
            series = Series(measure, level, "all" if level == "item" else name, name if level == "item" else None)
            found[series][month_of(at)] += value

    for lead in read_leads(inputs, deals):
        for level, name in (("total", "all"), ("segment", lead.segment)):
            add("leads", level, name, lead.created, 1.0)
            add("mql", level, name, lead.mql_date, 1.0)
            add("sql", level, name, lead.sql_date, 1.0)
    for deal in deals:
        if deal.is_won and deal.is_counted:
            for level, name in (("total", "all"), ("segment", deal.segment)):
                add("orders", level, name, deal.closed, 1.0)
                add("revenue", level, name, deal.closed, float(deal.amount or 0))
    for row in inputs.export("erp/sales_orders"):
        if row["item"] is None or row["quantity"] is None:
            continue
        add("units", "item", sql_key("erp", row["item"]), day(row["date"]), float(row["quantity"] or 0))
    return found


def dim_series(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """demand.dim_series without its label."""
    return [
        {
            "series_id": s.key,
            "parent_series_id": Series(s.measure, "total", "all", None).key if s.level == "segment" else None,
            "measure": s.measure,
            "level": s.level,
            "segment_id": s.segment,
            "item_id": s.item,
        }
        for s in series_values(inputs, deals)
    ]


def demand_series(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """demand.demand_series: every month of every series, those without anything as 0."""
    rows = []
    months = months_between(first_month(inputs, deals), inputs.as_of)
    for series, values in series_values(inputs, deals).items():
        for month in months:
            year, quarter, number = inputs.business.fiscal(month)
            rows.append(
                {
                    "series_id": series.key,
                    "period_type": "month",
                    "period_start": month,
                    "fiscal_year": year,
                    "fiscal_quarter": quarter,
                    "fiscal_month": number,
                    "value": float(values.get(month, 0.0)),
                    "is_complete": month_end(month) <= inputs.as_of,
                }
            )
    return rows


def history(inputs: Inputs, deals: list[Deal], series: Series, values: dict[date, float]) -> list[float]:
    """The values of a series's complete months, oldest first, from the first month in which its measure was not 0 in all."""
    total = series_values(inputs, deals).get(Series(series.measure, "total", "all", None), {})
    begun = min((month for month, value in total.items() if value), default=inputs.as_of)
    months = months_between(begun, inputs.as_of)
    return [values.get(month, 0.0) for month in months if month_end(month) <= inputs.as_of]
