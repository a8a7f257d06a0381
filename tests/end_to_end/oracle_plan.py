"""plan.gap and plan.lever, recomputed from capacity, targets and the published forecast."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.end_to_end.oracle_inputs import Inputs
from tests.end_to_end.oracle_projection import p_at_most
from tests.end_to_end.oracle_reps import in_cents, months_ahead
from tests.end_to_end.oracle_sales import Deal
from tests.end_to_end.oracle_values import Row, cents

NOTHING = Decimal("0.00")


def gap(inputs: Inputs, deals: list[Deal], forecast: dict[tuple[str, date], Row]) -> list[Row]:
    """plan.gap: demand against capacity by segment and month.

    Args:
        inputs: the company.
        deals: its deals.
        forecast: mean, p10, p50 and p90 of revenue in use, by segment and month, as published.
    """
    ahead = {at: month.values for at, month in months_ahead(inputs, deals).items()}
    rows = []
    for segment, month in sorted({*ahead, *forecast}):
        said, able = forecast.get((segment, month), {}), ahead.get((segment, month))
        demand = {name: None if said.get(name) is None else in_cents(said[name]) for name in ("p10", "p50", "p90")}
        capacity = in_cents(able["capacity"]) if able else None
        target: Decimal | None = able["target"] if able else None
        middle = demand["p50"]
        known = middle is not None and capacity is not None
        deliverable = min(middle, capacity) if middle is not None and capacity is not None else None
        year, quarter, number = inputs.business.fiscal(month)
        rows.append(
            {
                "segment_id": segment,
                "region": "all",
                "product": "all",
                "month_start": month,
                "fiscal_year": year,
                "fiscal_quarter": quarter,
                "fiscal_month": number,
                **{f"demand_{name}": value for name, value in demand.items()},
                "capacity": capacity,
                "target": target,
                "unmet_demand": _above(middle, capacity),
                "idle_capacity": _above(capacity, middle),
                "deliverable": deliverable,
                "gap_amount": None if target is None or deliverable is None else target - deliverable,
                "binding_constraint": _constraint(middle, capacity, target),
                "p_shortfall": 1 - p_at_most(capacity, [*demand.values()]) if known and capacity is not None else None,
            }
        )
    return rows


def _above(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else max(one - other, NOTHING)


def _constraint(demand: Decimal | None, capacity: Decimal | None, target: Decimal | None) -> str:
    if demand is None or capacity is None:
        return "unknown"
    if target is not None and min(demand, capacity) >= target:
        return "none"
    return "demand" if demand < capacity else "sales capacity"


def lever(inputs: Inputs, deals: list[Deal], gaps: list[Row]) -> list[Row]:
    """plan.lever: what each lever costs, brings a month and covers of the gap."""
    ahead = months_ahead(inputs, deals)
    last = max(month for _, month in ahead)
    final = [each.values for (_, month), each in ahead.items() if month == last]
    one_rep = sum(round(v["full_quota"], 2) * v["attainment"] * v["availability"] for v in final) / len(final)
    demand, capacity, short = (_monthly(gaps, name) for name in ("demand_p50", "capacity", "gap_amount"))
    basis = {
        "own_capacity": one_rep,
        "share_of_capacity": capacity,
        "share_of_demand": demand,
        "amount": 1.0,
    }
    rows = []
    for entry in inputs.business.plan["levers"]:
        effect = cents(Fraction(str(entry["value"])) * Fraction(basis[entry["effect"]]))
        cost = Decimal(str(entry["cost"])).quantize(Decimal("0.01"))
        covered = float(entry["max"]) * float(effect)
        rows.append(
            {
                "lever_id": entry["id"],
                "lever_type": entry["type"],
                "lever_name": entry["name"],
                "unit": entry["unit"],
                "cost_per_unit": cost,
                "effect_per_unit": effect,
                "effect_basis": entry["effect"],
                "lead_time_days": int(entry["lead_time_days"]),
                "earliest_date": inputs.as_of + timedelta(days=int(entry["lead_time_days"])),
                "max_quantity": float(entry["max"]),
                "is_reversible": bool(entry["reversible"]),
                "months_to_pay_back": float(cost / effect) if effect else None,
                "covers_gap_share": covered / short if short else None,
            }
        )
    return rows


def _monthly(gaps: list[Row], name: str) -> float:
    """The mean month of all segments together, over the months in which it is known; what one has too much fills no gap."""
    months: dict[date, Decimal] = defaultdict(Decimal)
    for row in gaps:
        if row[name] is not None:
            months[row["month_start"]] += max(row[name], NOTHING)
    return float(sum(months.values(), NOTHING) / len(months)) if months else 0.0
