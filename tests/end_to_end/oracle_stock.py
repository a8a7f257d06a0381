"""capacity.inventory_policy, recomputed from the exported items, stock, sales orders and purchase orders."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from math import ceil, isnan, sqrt

import numpy as np
import pandas as pd
from scipy.stats import norm

from tests.end_to_end.oracle_inputs import Inputs
from tests.end_to_end.oracle_sales import Deal
from tests.end_to_end.oracle_values import Row, day, sql_key

OBSERVED = 3


def inventory_policy(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """capacity.inventory_policy: every item at every location."""
    del deals
    setting = inputs.business.capacity["stock"]
    items = {row["item"]: row for row in inputs.export("erp/items")}
    latest: dict[tuple[str, str], tuple[date, Row]] = {}
    for row in inputs.export("erp/stock"):
        at = day(row["date"])
        if at is None or at > inputs.as_of:
            continue
        place = row["item"], row["location"]
        if place not in latest or latest[place][0] < at:
            latest[place] = at, row
    places = pd.Series([item for item, _ in latest]).value_counts().to_dict()
    demand, yearly = _sold(inputs, int(setting["history_weeks"]))
    observed = _lead_times(inputs)
    rows = []
    for (item, location), (_, stock) in latest.items():
        known = items.get(item)
        if known is None:
            continue
        weekly = demand[item] / places[item]
        policy = _policy(weekly, observed[item], known, setting)
        if policy is None:
            continue
        position = sum(_number(stock[name]) * sign for name, sign in (("on_hand", 1), ("on_order", 1), ("reserved", -1)))
        rows.append(
            {
                "item_id": sql_key("erp", item),
                "item_name": known["name"],
                "family": known["family"],
                "supplier": known["supplier"],
                "location": location,
                "value": yearly[item],
                **policy,
                "position": position,
                "is_below_reorder_point": position < policy["reorder_point"],
            }
        )
    _rank(rows)
    return rows


def _number(text: str | None) -> float:
    return float(text or 0)


def _sold(inputs: Inputs, weeks: int) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Units by week, oldest first, and value of the last 365 days, by item."""
    demand: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(weeks))
    yearly: dict[str, float] = defaultdict(float)
    for row in inputs.export("erp/sales_orders"):
        at = day(row["date"])
        if at is None or at > inputs.as_of:
            continue
        age = (inputs.as_of - at).days
        if age < 7 * weeks:
            demand[row["item"]][weeks - 1 - age // 7] += _number(row["quantity"])
        if age < 365:
            yearly[row["item"]] += _number(row["quantity"]) * _number(row["price"])
    return demand, yearly


def _lead_times(inputs: Inputs) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row in inputs.export("erp/purchase_orders"):
        ordered, received = day(row["ordered"]), day(row["received"])
        if ordered is not None and received is not None and ordered <= received <= inputs.as_of:
            found[row["item"]].append((received - ordered).days)
    return found


def _policy(weekly: np.ndarray, observed: list[int], item: Row, setting: Row) -> Row | None:
    known = len(observed) >= OBSERVED
    if not known and item["lead_time_days"] is None:
        return None
    lead = float(np.mean(observed)) if known else float(item["lead_time_days"])
    lead_spread = float(np.std(observed, ddof=1)) if known else float(setting["lead_time_cv"]) * lead
    review = float(setting["review_days"])
    daily = float(weekly.mean()) / 7
    spread = float(weekly.std(ddof=1)) / sqrt(7)
    protection = lead + review
    sigma = sqrt(protection * spread**2 + daily**2 * lead_spread**2)
    is_lumpy = bool((weekly == 0).mean() > 0.5)
    if is_lumpy:
        window = ceil(protection / 7)
        sums = pd.Series(weekly).rolling(min(window, len(weekly))).sum().dropna()
        reorder = float(np.quantile(sums, setting["service_level"], method="inverted_cdf"))
        safety = max(0.0, reorder - daily * protection)
    else:
        safety = float(norm.ppf(setting["service_level"])) * sigma
        reorder = daily * protection + safety
    moq = _number(item["moq"])
    wanted = max(moq, daily * review)
    cv = float(weekly.std(ddof=1) / weekly.mean()) if weekly.mean() else float("nan")
    return {
        "xyz": "X" if cv <= 0.5 else "Y" if cv <= 1 else "Z",
        "is_lumpy": is_lumpy,
        "mean_daily_demand": daily,
        "sigma_daily_demand": spread,
        "lead_time_days": lead,
        "sigma_lead_time_days": lead_spread,
        "protection_days": protection,
        "sigma_protection": sigma,
        "safety_stock": safety,
        "reorder_point": reorder,
        "order_quantity": ceil(round(wanted / moq, 9)) * moq if moq else wanted,
    } | ({"xyz": "Z"} if isnan(cv) else {})


def _rank(rows: list[Row]) -> None:
    """Adds abc, one class for an item wherever it lies: A until 80 % of the yearly value, B until 95 %; replaces the value."""
    values = {row["item_id"]: row.pop("value") for row in rows}
    total, reached, classes = sum(values.values()), 0.0, {}
    for place, (item, value) in enumerate(sorted(values.items(), key=lambda each: (-each[1], each[0]))):
        reached += value
        share = reached / total if total else 1.0
        classes[item] = "A" if place == 0 or share <= 0.8 else "B" if share <= 0.95 else "C"
    for row in rows:
        row["abc"] = classes[row["item_id"]]
