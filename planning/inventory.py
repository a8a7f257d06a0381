"""When to order an item again, and how much: periodic review with uncertain demand and uncertain lead time.

Demand and its spread are per day; safety stock covers the protection period, which is lead time plus review period, because
an order placed at the next review is the first that can help. An item that mostly does not sell follows no bell curve: its
reorder point is read from its own history.

Source: E. A. Silver, D. F. Pyke, D. J. Thomas, "Inventory and Production Management in Supply Chains", 4th edition, ch. 6.
"""

from __future__ import annotations

import math
from statistics import NormalDist, fmean, stdev

import pyarrow as pa

from planning.rounding import whole_up
from planning.settings import check_range
from planning.typed import Row, rows_of, table_of

ITEMS = pa.schema(
    [
        ("item_id", pa.string()),
        ("location", pa.string()),
        ("weekly_demand", pa.list_(pa.float64())),
        ("yearly_value", pa.float64()),
        ("on_hand", pa.float64()),
        ("on_order", pa.float64()),
        ("reserved", pa.float64()),
        ("lead_time_days", pa.float64()),
        ("lead_times", pa.list_(pa.float64())),
        ("moq", pa.float64()),
    ]
)
POLICY = pa.schema(
    [
        ("item_id", pa.string()),
        ("location", pa.string()),
        ("abc", pa.string()),
        ("xyz", pa.string()),
        ("is_lumpy", pa.bool_()),
        ("mean_daily_demand", pa.float64()),
        ("sigma_daily_demand", pa.float64()),
        ("lead_time_days", pa.float64()),
        ("sigma_lead_time_days", pa.float64()),
        ("protection_days", pa.float64()),
        ("sigma_protection", pa.float64()),
        ("safety_stock", pa.float64()),
        ("reorder_point", pa.float64()),
        ("order_quantity", pa.float64()),
        ("position", pa.float64()),
        ("is_below_reorder_point", pa.bool_()),
    ]
)
KEY = ("item_id", "location")

_A_SHARE, _B_SHARE = 0.80, 0.95
_X_VARIATION, _Y_VARIATION = 0.5, 1.0
_LUMPY_SHARE = 0.5
_OBSERVED_LEAD_TIMES = 3
_NOISE = 1e-12


def policy(items: pa.Table, *, service_level: float, review_days: float, lead_time_cv: float) -> pa.Table:
    """The reorder point, order quantity and class of every item at every location.

    Args:
        items: `ITEMS`, one row per item and location: weekly_demand in units a week, oldest first; yearly_value in money of 365
            days, of the whole item (the same at each location); on_hand, on_order, reserved and moq (the smallest lot) in
            units; lead_time_days as agreed, lead_times as observed, in days. Unknown stock and unknown weeks are 0.
        service_level: probability of no stock-out in one protection period, above 0, below 1.
        review_days: days between two reviews of the stock, at least 0.
        lead_time_cv: standard deviation / mean of the lead time where fewer than 3 are observed, at least 0.

    Returns:
        `POLICY`, sorted by item_id, location: stock in units, demand in units a day, times in days. An item without any lead
        time has no policy and no row, but counts in the classes.

    Raises:
        ValueError: an impossible setting, or a wrong table.
    """
    check_range("service_level", service_level, 0, 1, open_low=True, open_high=True)
    check_range("review_days", review_days, 0)
    check_range("lead_time_cv", lead_time_cv, 0)
    rows = rows_of(items, ITEMS, KEY, "stock items")
    classes = _abc(rows)
    ordered = []
    for row in rows:
        lead_time = _lead_time(row, lead_time_cv)
        if lead_time is not None:
            ordered.append(_policy(row, classes[row["item_id"]], lead_time, service_level, review_days))
    return table_of(ordered, POLICY, KEY)


def _policy(row: Row, abc: str, lead_time: tuple[float, float], service_level: float, review_days: float) -> Row:
    lead_time_days, sigma_lead_time = lead_time
    weeks = [week or 0.0 for week in row["weekly_demand"] or []]
    weekly = fmean(weeks) if weeks else 0.0
    spread = stdev(weeks) if len(weeks) > 1 else 0.0
    # More returned than sold is no demand.
    daily, sigma_daily = max(weekly, 0.0) / 7, spread / math.sqrt(7)
    protection = lead_time_days + review_days
    sigma_protection = math.sqrt(protection * sigma_daily**2 + (daily * sigma_lead_time) ** 2)
    expected = daily * protection

    is_lumpy = sum(week == 0 for week in weeks) > _LUMPY_SHARE * len(weeks)
    windows = _windows(weeks, max(whole_up(protection / 7), 1)) if is_lumpy else []
    if windows:
        reorder_point = max(_inverted_cdf(windows, service_level), 0.0)
        safety_stock = max(reorder_point - expected, 0.0)
    else:
        safety_stock = NormalDist().inv_cdf(service_level) * sigma_protection
        reorder_point = expected + safety_stock

    position = (row["on_hand"] or 0.0) + (row["on_order"] or 0.0) - (row["reserved"] or 0.0)
    return {
        "item_id": row["item_id"],
        "location": row["location"],
        "abc": abc,
        "xyz": _xyz(weekly, spread),
        "is_lumpy": is_lumpy,
        "mean_daily_demand": daily,
        "sigma_daily_demand": sigma_daily,
        "lead_time_days": lead_time_days,
        "sigma_lead_time_days": sigma_lead_time,
        "protection_days": protection,
        "sigma_protection": sigma_protection,
        "safety_stock": safety_stock,
        "reorder_point": reorder_point,
        "order_quantity": _order_quantity(daily * review_days, row["moq"]),
        "position": position,
        "is_below_reorder_point": position < reorder_point,
    }


def _lead_time(row: Row, lead_time_cv: float) -> tuple[float, float] | None:
    """Mean and standard deviation in days, observed if often enough, else as agreed; below 0 is a wrong date, not a time."""
    observed = [days for days in row["lead_times"] or [] if days is not None and days >= 0]
    if len(observed) >= _OBSERVED_LEAD_TIMES:
        return fmean(observed), stdev(observed)
    agreed: float | None = row["lead_time_days"]
    if agreed is None or agreed < 0:
        return None
    return agreed, lead_time_cv * agreed


def _windows(weeks: list[float], length: int) -> list[float]:
    """Demand of every run of `length` weeks; none if the history is shorter than that."""
    return [math.fsum(weeks[start : start + length]) for start in range(len(weeks) - length + 1)]


def _inverted_cdf(values: list[float], probability: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    return sorted(values)[max(whole_up(probability * len(values)), 1) - 1]


def _order_quantity(wanted: float, moq: float | None) -> float:
    if moq is None or moq <= 0:
        return wanted
    return max(whole_up(wanted / moq), 1) * moq


def _abc(rows: list[Row]) -> dict[str, str]:
    """Class of each item by its value: A until 80 % of the whole, B until 95 %, then C; the first is A, one without value C."""
    values: dict[str, float] = {}
    for row in rows:
        values[row["item_id"]] = max(row["yearly_value"] or 0.0, values.get(row["item_id"], 0.0))
    whole = math.fsum(values.values())
    classes, so_far = {}, 0.0
    for rank, (item_id, value) in enumerate(sorted(values.items(), key=lambda item: (-item[1], item[0]))):
        so_far += value
        if value > 0 and (rank == 0 or so_far <= (_A_SHARE + _NOISE) * whole):
            classes[item_id] = "A"
        else:
            classes[item_id] = "B" if value > 0 and so_far <= (_B_SHARE + _NOISE) * whole else "C"
    return classes


def _xyz(mean: float, spread: float) -> str:
    """Class of an item by how evenly it sells: standard deviation / mean of the weeks."""
    if mean <= 0:
        return "Z"
    variation = spread / mean
    return "X" if variation <= _X_VARIATION else "Y" if variation <= _Y_VARIATION else "Z"
