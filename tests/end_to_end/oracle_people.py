"""plan.team_structure and plan.rep_assignment, recomputed from people, deals and accounts."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.end_to_end.oracle_inputs import Inputs, Person
from tests.end_to_end.oracle_rates import Rates
from tests.end_to_end.oracle_reps import own_segment
from tests.end_to_end.oracle_sales import Deal, rep_ids
from tests.end_to_end.oracle_series import first_event
from tests.end_to_end.oracle_values import Row, add_months, cents, like, sql_key, sum_money


def team_structure(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """plan.team_structure: the operations roles that a company of this size needs, quarter by quarter."""
    start = inputs.business.quarter_start(first_event(inputs, deals))
    if start < first_event(inputs, deals):
        start = add_months(start, 3)
    bands = inputs.business.plan["structure"]
    rows = []
    while start <= inputs.as_of:
        at = min(add_months(start, 3) - timedelta(days=1), inputs.as_of)
        arr = _in_dollars(inputs, _bookings(deals, at), at)
        place = None if arr is None else next(n for n, band in enumerate(bands) if _within(arr, band))
        needed = bands[: place + 1] if place is not None else []
        texts = [text for person in inputs.people.values() if _employed(person, at) for text in (person.role, person.title)]
        present = [band for band in needed if any(like(text, band["pattern"]) for text in texts)]
        missing = [band for band in needed if band not in present]
        year, quarter, _ = inputs.business.fiscal(start)
        rows.append(
            {
                "quarter_start": start,
                "fiscal_year": year,
                "fiscal_quarter": quarter,
                "on_day": at,
                "is_full_year": at.replace(year=at.year - 1) >= first_event(inputs, deals) - timedelta(days=1),
                "arr_usd": arr,
                "basis": "trailing_12_month_bookings",
                "arr_band": bands[place]["band"] if place is not None else None,
                "roles_needed": _names(needed),
                "roles_present": _names(present),
                "next_hire": missing[0]["role"] if missing else None,
                "reason": missing[0]["why"] if missing else None,
            }
        )
        start = add_months(start, 3)
    return rows


def _names(bands: list[Row]) -> str:
    return ", ".join(band["role"] for band in bands)


def _bookings(deals: list[Deal], at: date) -> Decimal:
    """Won in the twelve months that end with a day."""
    since = add_months(at.replace(day=1), -12)
    since = min(since.replace(day=1) + timedelta(days=at.day - 1), add_months(since, 1) - timedelta(days=1))
    return sum_money(d.amount for d in deals if d.is_won and d.is_counted and d.closed and since < d.closed <= at)


def _in_dollars(inputs: Inputs, amount: Decimal, at: date) -> Decimal | None:
    rates = Rates(inputs)
    rate = rates.on("USD", at)
    return None if rate is None else cents(Fraction(amount) / rate)


def _within(amount: Decimal, band: Row) -> bool:
    return float(band.get("min", "-inf")) <= amount < float(band.get("below", "inf"))


def _employed(person: Person, at: date) -> bool:
    if person.ended is None and not person.is_active:
        return False
    return (person.hired or at) <= at and (person.ended is None or at < person.ended)


def rep_assignment(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """plan.rep_assignment: accounts that nobody looks after, dealt out to the reps of their segment."""
    accounts = [row for row in inputs.export("salesforce/Account") if row["IsDeleted"] != "true"]
    held = Counter(row["OwnerId"] for row in accounts)
    reps = [inputs.people[user_id] for user_id in rep_ids(inputs, deals) if _works(inputs, inputs.people[user_id])]
    reps.sort(key=lambda person: (held[person.user_id], sql_key(person.source, person.user_id)))
    orphans: dict[tuple[str, str], list[tuple[Row, str]]] = defaultdict(list)
    for row in sorted(accounts, key=_worth):
        owner = inputs.people.get(row["OwnerId"])
        if owner is None or not _works(inputs, owner):
            orphans[row["Source"], _segment(inputs, row, owner)].append((row, "no owner" if owner is None else "owner left"))
    rows = []
    for (source, segment), some in orphans.items():
        colleagues = [person for person in reps if person.source == source]
        takers = [person for person in colleagues if own_segment(inputs, person) == segment] or colleagues
        for place, (account, reason) in enumerate(some):
            taker = takers[place % len(takers)].user_id
            rows.append(
                {
                    "account_id": account["Id"],
                    "source": source,
                    "source_account_id": account["Id"],
                    "from_user_id": account["OwnerId"],
                    "to_user_id": taker,
                    "to_source_user_id": taker,
                    "segment_id": segment,
                    "reason": reason,
                }
            )
    return rows


def _worth(account: Row) -> tuple[float, str]:
    revenue = account["AnnualRevenue"]
    return (float("inf") if revenue is None else -float(revenue)), sql_key(account["Source"], account["Id"])


def _works(inputs: Inputs, person: Person) -> bool:
    return person.is_active and (person.ended is None or person.ended > inputs.as_of)


def _segment(inputs: Inputs, account: Row, owner: Person | None) -> str:
    return inputs.business.segment(
        {
            "account_employees": account["NumberOfEmployees"],
            "account_industry": account["Industry"],
            "account_country": account["BillingCountry"],
            "account_type": account["Type"],
            "owner_segment": owner.segment if owner else None,
            "owner_department": owner.department if owner else None,
        }
    )
