"""core.target: the reps' quotas as the CRM has them, and what finance set for the company and its segments."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from tests.end_to_end.oracle_inputs import Inputs, once
from tests.end_to_end.oracle_rates import Rates
from tests.end_to_end.oracle_sales import Deal
from tests.end_to_end.oracle_values import Row, add_months, day, money, month_of, sum_money


@once
def quotas(inputs: Inputs) -> dict[tuple[str, date], Decimal]:
    """Quota by rep and period, in the reporting currency; a total beside product families is the quota."""
    rates = Rates(inputs)
    found: dict[tuple[str, date], list[tuple[bool, Decimal]]] = defaultdict(list)
    for row in inputs.export("salesforce/ForecastingQuota"):
        start = day(row["StartDate"])
        if start is None or row["QuotaOwnerId"] is None:
            continue
        period = month_of(start) if _period(inputs) == "month" else inputs.business.quarter_start(start)
        amount = rates.convert(money(row["QuotaAmount"]), row["CurrencyIsoCode"], period)
        if amount is not None:
            found[row["QuotaOwnerId"], period].append((row["ProductFamily"] is None, amount))
    return {
        at: sum_money(amount for is_total, amount in amounts if is_total or not any(total for total, _ in amounts))
        for at, amounts in found.items()
    }


def _period(inputs: Inputs) -> str:
    return str(inputs.business.calendar["quota_period"])


@once
def finance_targets(inputs: Inputs) -> list[Row]:
    """What finance set, each for its own period: YYYY-MM, fiscal YYYY-Qn or fiscal YYYY."""
    rows = []
    for row in inputs.export("finance/targets"):
        kind, _, segment = row["scope"].partition(":")
        period_type, start = _period_of(inputs, row["period"])
        rows.append(
            {
                "scope_type": kind,
                "scope_id": segment or "all",
                "period_type": period_type,
                "period_start": start,
                "measure": row["measure"],
                "version": f"finance:{row['version']}",
                "amount": money(row["amount"]),
            }
        )
    return rows


def _period_of(inputs: Inputs, text: str) -> tuple[str, date]:
    year, _, part = text.partition("-")
    if not part:
        return "year", inputs.business.fiscal_year_start(int(year))
    if part.startswith("Q"):
        return "quarter", add_months(inputs.business.fiscal_year_start(int(year)), 3 * (int(part[1:]) - 1))
    return "month", date(int(year), int(part), 1)


def target(inputs: Inputs, scope_type: str, scope_id: str, period_type: str, start: date) -> Decimal | None:
    """The latest version's bookings target of a scope for one period; None without one."""
    rows = [
        row
        for row in finance_targets(inputs)
        if (row["scope_type"], row["scope_id"], row["period_type"]) == (scope_type, scope_id, period_type)
        and row["period_start"] == start
        and row["measure"] == "bookings"
    ]
    return max(rows, key=lambda row: str(row["version"]))["amount"] if rows else None


def month_target(inputs: Inputs, scope_type: str, scope_id: str, month: date) -> Decimal | None:
    """The target of a scope for one month."""
    return target(inputs, scope_type, scope_id, "month", month)


def core_target(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """core.target: every quota and every target of finance."""
    del deals
    reps = [
        {
            "scope_type": "rep",
            "scope_id": user_id,
            "period_type": _period(inputs),
            "period_start": period,
            "measure": "bookings",
            "version": "crm",
            "amount": amount,
        }
        for (user_id, period), amount in quotas(inputs).items()
    ]
    return reps + finance_targets(inputs)
