"""Opportunities as the marts should see them, who sells, and kpi.daily_sales, recomputed from the exports."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tests.end_to_end.oracle_inputs import Inputs, once
from tests.end_to_end.oracle_rates import Rates
from tests.end_to_end.oracle_values import Row, day, days_between, like, moment, money, sum_money

SALE_TYPES = ("new", "expansion", "renewal")


@dataclass(frozen=True)
class Deal:
    """An opportunity that is not deleted."""

    deal_id: str
    owner: str | None
    segment: str
    sale_type: str
    created_at: datetime | None
    created: date | None
    closed: date | None
    is_closed: bool
    is_won: bool
    is_counted: bool
    amount: Decimal | None
    open_amount: Decimal | None
    record: Row
    account: Row
    history: tuple[Row, ...]

    @property
    def is_lost(self) -> bool:
        return self.is_closed and not self.is_won

    @property
    def cycle_days(self) -> int | None:
        """Days from creation to closing, unless that is negative."""
        if self.closed is None or self.created is None or self.closed < self.created:
            return None
        return (self.closed - self.created).days


def read_deals(inputs: Inputs) -> list[Deal]:
    """Every opportunity, with its segment, exclusion, history, and amounts in the reporting currency."""
    accounts = {row["Id"]: row for row in inputs.export("salesforce/Account")}
    history = defaultdict(list)
    for row in sorted(inputs.export("salesforce/OpportunityHistory"), key=lambda entry: (entry["CreatedDate"], entry["Id"])):
        history[row["OpportunityId"]].append(row)
    rates = Rates(inputs)
    deals = []
    for row in inputs.export("salesforce/Opportunity"):
        if row["IsDeleted"] == "true":
            continue
        stage = inputs.business.stage_type(row["StageName"])
        closed = row["IsWon"] == "true" or (stage != "open" if row["IsClosed"] is None else row["IsClosed"] == "true")
        won = stage == "won" if row["IsWon"] is None else row["IsWon"] == "true"
        created_at = moment(row["CreatedDate"])
        amount, currency = money(row["Amount"]), row["CurrencyIsoCode"]
        closed_day = day(row["CloseDate"]) if closed else None
        priced = closed_day or inputs.as_of
        account = accounts.get(row["AccountId"], {})
        deals.append(
            Deal(
                deal_id=row["Id"],
                owner=row["OwnerId"],
                segment=_segment(inputs, row, account),
                sale_type=inputs.business.stages["sale_types"].get((row["Type"] or "").lower(), "new"),
                created_at=created_at,
                created=created_at.astimezone(inputs.business.zone).date() if created_at else None,
                closed=closed_day,
                is_closed=closed,
                is_won=closed and won,
                is_counted=not _excluded(inputs, row) and not (closed and closed_day is None),
                amount=rates.convert(amount, currency, priced),
                open_amount=rates.convert(_open_amount(inputs, amount, closed, history[row["Id"]]), currency, priced),
                record=row,
                account=account,
                history=tuple(history[row["Id"]]),
            )
        )
    return deals


def _segment(inputs: Inputs, deal: Row, account: Row) -> str:
    owner = inputs.people.get(deal["OwnerId"])
    return inputs.business.segment(
        {
            "account_employees": account.get("NumberOfEmployees"),
            "account_industry": account.get("Industry"),
            "account_country": account.get("BillingCountry"),
            "account_type": account.get("Type"),
            "owner_segment": owner.segment if owner else None,
            "owner_department": owner.department if owner else None,
        }
    )


def _excluded(inputs: Inputs, deal: Row) -> bool:
    values = {"name": deal["Name"], "stage_name": deal["StageName"], "loss_reason": deal["LossReason"]}
    return any(like(values[rule["field"]], rule["pattern"]) for rule in inputs.business.stages["exclusions"])


def _open_amount(inputs: Inputs, amount: Decimal | None, closed: bool, history: list[Row]) -> Decimal | None:
    if not closed:
        return amount
    last = None
    for row in history:
        if inputs.business.stage_type(row["StageName"]) != "open":
            break
        last = row
    if last is not None:
        return money(last["Amount"])
    return amount if amount else None


@once
def rep_ids(inputs: Inputs, deals: list[Deal]) -> list[str]:
    """Who sells: a rep's role, a quota, or a deal where no role is known."""
    quotas = {row["QuotaOwnerId"] for row in inputs.export("salesforce/ForecastingQuota")}
    owners = {deal.owner for deal in deals}
    return [
        person.user_id
        for person in inputs.people.values()
        if person.user_id in quotas
        or (person.role is None and person.user_id in owners)
        or any(like(person.role, pattern) for pattern in inputs.business.team["rep_roles"])
    ]


def daily_sales(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """kpi.daily_sales: every day for each (segment, owner) that ever won a deal."""
    won = [deal for deal in deals if deal.is_won and deal.is_counted and deal.closed]
    days = [deal.closed for deal in won if deal.closed]
    by_cell = defaultdict(list)
    for deal in won:
        by_cell[deal.closed, deal.segment, deal.owner].append(deal)
    rows = []
    for date_day in days_between(min(days).replace(day=1), max(inputs.as_of, *days)):
        for segment, owner in {(deal.segment, deal.owner) for deal in won}:
            cell = by_cell.get((date_day, segment, owner), [])
            row: Row = {"date_day": date_day, "segment_id": segment, "owner_id": owner, "orders": len(cell)}
            row["revenue"] = sum_money(deal.amount for deal in cell)
            for sale_type in SALE_TYPES:
                some = [deal for deal in cell if deal.sale_type == sale_type]
                row[f"orders_{sale_type}"] = len(some)
                row[f"revenue_{sale_type}"] = sum_money(deal.amount for deal in some)
            rows.append(row)
    return rows
