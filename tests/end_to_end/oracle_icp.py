"""kpi.icp_segment, recomputed from the exported deals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import median

from tests.end_to_end.oracle_inputs import Inputs
from tests.end_to_end.oracle_sales import Deal
from tests.end_to_end.oracle_values import Row, add_months, cents, month_of, months_between, ratio

WEIGHT = 20
DIMENSIONS: dict[str, Callable[[Deal], str | None]] = {
    "segment": lambda deal: deal.segment,
    "industry": lambda deal: deal.account.get("Industry"),
    "country": lambda deal: deal.account.get("BillingCountry"),
    "lead_source": lambda deal: deal.record["LeadSource"],
}


def icp_segment(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """kpi.icp_segment: who buys, over the twelve months that end with each month."""
    closed = [deal for deal in deals if deal.is_counted and deal.closed is not None]
    rows = []
    for month in months_between(min(deal.closed for deal in closed if deal.closed), inputs.as_of):
        first = add_months(month, -11)
        window = [deal for deal in closed if deal.closed and first <= month_of(deal.closed) <= month]
        if not window:
            continue
        base = Fraction(sum(deal.is_won for deal in window), len(window))
        for dimension, value_of in DIMENSIONS.items():
            cells: dict[str, list[Deal]] = defaultdict(list)
            for deal in window:
                cells[value_of(deal) or "unknown"].append(deal)
            rows += [_row(inputs, month, dimension, value, some, base) for value, some in cells.items()]
    return rows


def _row(inputs: Inputs, month: date, dimension: str, value: str, some: list[Deal], base: Fraction) -> Row:
    won = [deal for deal in some if deal.is_won]
    amounts = [Fraction(deal.amount) for deal in won if deal.amount is not None]
    cycles = [deal.cycle_days for deal in won if deal.cycle_days is not None]
    shrunk = (len(won) + WEIGHT * base) / (len(some) + WEIGHT)
    lift = float(shrunk / base) if base else None
    year, quarter, number = inputs.business.fiscal(month)
    return {
        "dimension": dimension,
        "segment_id": value,
        "is_default_scope": dimension == "segment",
        "month_start": month,
        "fiscal_year": year,
        "fiscal_quarter": quarter,
        "fiscal_month": number,
        "accounts": len({deal.account["Id"] for deal in some if deal.account}),
        "won": len(won),
        "lost": len(some) - len(won),
        **_floats(ratio("win_rate_shrunk", len(won) + WEIGHT * base, len(some) + WEIGHT)),
        "baseline_win_rate": float(base),
        **_floats(ratio("lift", shrunk, base)),
        "median_deal": _middle(amounts),
        "median_cycle_days": float(median(cycles)) if cycles else None,
        "tier": None if lift is None else "A" if lift >= 1.15 else "B" if lift >= 0.85 else "C",
    }


def _middle(amounts: list[Fraction]) -> Decimal | None:
    return cents(Fraction(median(amounts))) if amounts else None


def _floats(parts: Row) -> Row:
    """The parts of a ratio as floats where they are fractions."""
    return {name: float(value) if isinstance(value, Fraction) else value for name, value in parts.items()}
