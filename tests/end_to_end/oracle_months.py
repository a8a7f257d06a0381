"""kpi.rep_performance_month and kpi.team_performance_month, recomputed from the exports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist

from tests.end_to_end.oracle_inputs import Inputs, once
from tests.end_to_end.oracle_sales import Deal, rep_ids
from tests.end_to_end.oracle_targets import month_target, quotas
from tests.end_to_end.oracle_values import (
    Row,
    add_months,
    cents,
    days_between,
    month_end,
    month_of,
    months_between,
    ratio,
    sum_money,
)

Z95 = NormalDist().inv_cdf(0.975)


def wilson(name: str, won: int, decided: int) -> Row:
    """A rate with its parts and its Wilson 95 % interval."""
    row = ratio(name, won, decided)
    low = high = None
    if decided:
        rate, square = won / decided, Z95**2
        centre = (rate + square / (2 * decided)) / (1 + square / decided)
        half = Z95 * (rate * (1 - rate) / decided + square / (4 * decided**2)) ** 0.5 / (1 + square / decided)
        low, high = max(0.0, centre - half), min(1.0, centre + half)
    return {**row, f"{name}_low": low, f"{name}_high": high}


def growth(name: str, now: Decimal, before: Decimal | None) -> Row:
    """Growth over an earlier period; unknown where that period has no row."""
    return ratio(name, None if before is None else now - before, before)


def outcome(deals: list[Deal], lost_amounts_known: bool) -> Row:
    """The measures that the rep mart and the team mart share, of deals closed in one month."""
    won, lost = [deal for deal in deals if deal.is_won], [deal for deal in deals if deal.is_lost]
    won_cycles = [deal.cycle_days for deal in won if deal.cycle_days is not None]
    known_won = [deal for deal in won if deal.amount is not None]
    lost_open = [deal.open_amount for deal in lost if deal.open_amount is not None]
    comparable = lost_amounts_known and not (lost and not lost_open)
    won_open = sum_money(deal.open_amount for deal in won)
    return {
        "won_n": len(won),
        "lost_n": len(lost),
        **wilson("win_rate", len(won), len(won) + len(lost)),
        **ratio("win_rate_amount", won_open if comparable else None, won_open + sum_money(lost_open) if comparable else None),
        **ratio("average_deal", sum_money(deal.amount for deal in won), len(known_won)),
        **ratio("cycle_days_won", sum(won_cycles), len(won_cycles)),
    }


def year_to(by_month: Mapping[date, list[Deal]], month: date) -> Row:
    """The win rate over the twelve months that end with a month."""
    year = [deal for step in range(12) for deal in by_month[add_months(month, -step)]]
    return wilson("win_rate_t4q", sum(deal.is_won for deal in year), len(year))


def _calendar(inputs: Inputs, month: date) -> Row:
    year, quarter, number = inputs.business.fiscal(month)
    return {"month_start": month, "fiscal_year": year, "fiscal_quarter": quarter, "fiscal_month": number}


def _tenure(hired: date | None, month: date) -> int | None:
    if hired is None:
        return None
    months = (month.year - hired.year) * 12 + month.month - hired.month
    return max(0, months - (1 if hired.day > month.day else 0))


def _tenure_band(tenure: int | None) -> str:
    if tenure is None:
        return "unknown"
    return "0-11" if tenure < 12 else "12-35" if tenure < 36 else "36+"


def _effective(inputs: Inputs, quota: Decimal, user_id: str, month: date) -> Decimal:
    """The quota x the share of the month's working days in employment x productivity at this tenure."""
    person = inputs.people[user_id]
    days = days_between(month, month_end(month))
    working = [at for at in days if inputs.business.working_minutes(at) > 0]
    employed = [at for at in working if (person.hired or at) <= at <= (person.ended or at)]
    ramp, tenure = inputs.business.team["ramp"], _tenure(person.hired, month)
    productivity = Fraction(str(ramp[tenure])) if tenure is not None and tenure < len(ramp) else Fraction(1)
    exact = Fraction(quota) * Fraction(len(employed), len(working)) * productivity
    return cents(exact)


def _span(inputs: Inputs, deals: list[Deal]) -> tuple[date, date]:
    """The company's first opportunity month and the month of as_of or of the latest close."""
    first = min(at for deal in deals for at in (deal.created, deal.closed) if at is not None)
    return month_of(first), month_of(max([inputs.as_of, *(deal.closed for deal in deals if deal.closed)]))


def _cohort(inputs: Inputs, own: list[Deal], month: date) -> Row:
    quarter_start = add_months(month, -((inputs.business.fiscal(month)[2] - 1) % 3))
    quarter_end = add_months(quarter_start, 3) - timedelta(days=1)
    if quarter_end + timedelta(days=int(inputs.business.calendar["cohort_maturity_days"])) > inputs.as_of:
        return ratio("cohort_win_rate", None, None)
    created = [deal for deal in own if deal.created is not None and quarter_start <= deal.created <= quarter_end]
    return ratio("cohort_win_rate", sum(deal.is_won for deal in created), len(created))


@once
def rep_performance_month(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """kpi.rep_performance_month: every rep and month."""
    counted = [deal for deal in deals if deal.is_counted]
    lost_known = any(deal.is_lost and deal.open_amount is not None for deal in counted)
    first, last = _span(inputs, deals)
    quota_of = quotas(inputs) if inputs.business.calendar["quota_period"] == "month" else {}
    rows = []
    for user_id in rep_ids(inputs, deals):
        person = inputs.people[user_id]
        own = [deal for deal in counted if deal.owner == user_id]
        by_month = _by_month(own)
        # A wrong hire or end date must not make bookings vanish: deals outside the employment keep their months.
        closings = [deal.closed for deal in own if deal.closed is not None]
        start = month_of(min([max(first, person.hired or first), *closings]))
        months = months_between(start, max([min(last, person.ended or last), *closings]))
        bookings = {month: sum_money(deal.amount for deal in by_month[month] if deal.is_won) for month in months}
        for month in months:
            lost_cycles = [deal.cycle_days for deal in by_month[month] if deal.is_lost and deal.cycle_days is not None]
            quota, tenure = quota_of.get((user_id, month)), _tenure(person.hired, month)
            effective = None if quota is None else _effective(inputs, quota, user_id, month)
            credited = bookings[month]
            rows.append(
                {
                    "user_id": user_id,
                    "manager_id": person.manager_id,
                    "segment_id": person.segment or "unassigned",
                    "role": person.role,
                    "tenure_months": tenure,
                    "tenure_band": _tenure_band(tenure),
                    **_calendar(inputs, month),
                    "credited_bookings": credited,
                    **growth("revenue_growth_mom", credited, bookings.get(add_months(month, -1))),
                    **growth("revenue_growth_yoy", credited, bookings.get(add_months(month, -12))),
                    **outcome(by_month[month], lost_known),
                    **year_to(by_month, month),
                    **_cohort(inputs, own, month),
                    "quota_assigned": quota,
                    "quota_effective": effective,
                    **ratio("attainment_assigned", None if quota is None else credited, quota),
                    **ratio("attainment_effective", None if effective is None else credited, effective),
                    **ratio("cycle_days_lost", sum(lost_cycles), len(lost_cycles)),
                }
            )
    _rank(rows)
    return rows


def _by_month(deals: Iterable[Deal]) -> dict[date, list[Deal]]:
    months = defaultdict(list)
    for deal in deals:
        if deal.closed is not None:
            months[month_of(deal.closed)].append(deal)
    return months


def _rank(rows: list[Row]) -> None:
    """Adds bookings_percentile: the share of the others in the cell who booked less."""
    cells = defaultdict(list)
    for row in rows:
        cells[row["month_start"], row["role"], row["tenure_band"]].append(row)
    for cell in cells.values():
        for row in cell:
            below = sum(other["credited_bookings"] < row["credited_bookings"] for other in cell)
            row["bookings_percentile"] = below / (len(cell) - 1) if len(cell) > 1 else 0.0


def _subtree(inputs: Inputs, manager: str) -> set[str]:
    found, fresh = {manager}, {manager}
    while fresh:
        fresh = {person.user_id for person in inputs.people.values() if person.manager_id in fresh} - found
        found |= fresh
    return found


def team_performance_month(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """kpi.team_performance_month: company, teams and market segments by month."""
    counted = [deal for deal in deals if deal.is_counted]
    lost_known = any(deal.is_lost and deal.open_amount is not None for deal in counted)
    reps = rep_performance_month(inputs, deals)
    names = {segment["id"]: segment["name"] for segment in inputs.business.segments["segments"]}
    scopes: list[tuple[str, str, str, list[Deal], list[Row]]] = [("company", "all", "Company", counted, reps)]
    for manager in sorted({person.manager_id for person in inputs.people.values() if person.manager_id}):
        team = _subtree(inputs, manager)
        rows = [row for row in reps if row["user_id"] in team]
        scopes.append(("team", manager, inputs.people[manager].name, [deal for deal in counted if deal.owner in team], rows))
    for segment in sorted({"unassigned", *names, *(deal.segment for deal in deals)}):
        rows = [row for row in reps if row["segment_id"] == segment]
        some = [deal for deal in counted if deal.segment == segment]
        scopes.append(("segment", segment, names.get(segment, "Unassigned"), some, rows))
    result = []
    for scope_type, scope_id, scope_name, some, rep_rows in scopes:
        by_month = _by_month(some)
        before: Decimal | None = None
        for month in months_between(*_span(inputs, deals)):
            bookings = sum_money(deal.amount for deal in by_month[month] if deal.is_won)
            present = [row for row in rep_rows if row["month_start"] == month]
            assigned = [row["quota_assigned"] for row in present if row["quota_assigned"] is not None]
            quota_sum = sum_money(assigned) if assigned else None
            target = month_target(inputs, scope_type, scope_id, month)
            result.append(
                {
                    "scope_type": scope_type,
                    "scope_id": scope_id,
                    "scope_name": scope_name,
                    "is_default_scope": scope_type == "company",
                    **_calendar(inputs, month),
                    "rep_n": len({row["user_id"] for row in present}),
                    "bookings": bookings,
                    **growth("revenue_growth_mom", bookings, before),
                    **outcome(by_month[month], lost_known),
                    **year_to(by_month, month),
                    "target_amount": target,
                    "quota_sum": quota_sum,
                    **ratio("attainment", None if quota_sum is None else bookings, quota_sum),
                    **ratio("over_assignment", None if target is None else quota_sum, target),
                }
            )
            before = bookings
    return result
