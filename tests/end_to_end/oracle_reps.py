"""capacity.rep_capacity and capacity.hiring_need, recomputed from people, quotas, deals and targets."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, sqrt
from statistics import NormalDist, mean, median, stdev

from tests.end_to_end.oracle_inputs import Inputs, Person, once
from tests.end_to_end.oracle_months import rep_performance_month
from tests.end_to_end.oracle_sales import Deal, rep_ids
from tests.end_to_end.oracle_targets import month_target, quotas
from tests.end_to_end.oracle_values import Row, add_months, cents, month_of, months_between

DEFAULT_SPREAD, FEWEST_FOR_SPREAD = 0.3, 5
YEAR = 12


@dataclass(frozen=True)
class Rep:
    """A person with a quota to carry, and what the last year says about them."""

    person: Person
    segment: str
    quota: float | None
    effective: float
    credited: float
    is_ramped: bool


@dataclass
class Ahead:
    """What a segment can sell in one month ahead, as floats."""

    values: Row
    contributions: list[float]


def tenure(hired: date, at: date) -> int:
    """Complete months from hire to a day; negative before."""
    return (at.year - hired.year) * 12 + at.month - hired.month - (hired.day > at.day)


def own_segment(inputs: Inputs, person: Person) -> str:
    """A rep's segment: what HR says, if that is a configured one."""
    known = {segment["id"] for segment in inputs.business.segments["segments"]}
    named = inputs.business.spelled(person.segment) if person.segment else "unassigned"
    return named if named in known else "unassigned"


@once
def read_reps(inputs: Inputs, deals: list[Deal]) -> list[Rep]:
    """Everybody who sells and has not left, with the results of the last four complete fiscal quarters."""
    running = inputs.business.quarter_start(inputs.as_of + timedelta(days=1))
    year = {add_months(running, -back) for back in range(1, YEAR + 1)}
    months: dict[str, list[Row]] = defaultdict(list)
    for row in rep_performance_month(inputs, deals):
        if row["month_start"] in year and row["quota_effective"] is not None:
            months[row["user_id"]].append(row)
    by_rep: dict[str, dict[date, Decimal]] = defaultdict(dict)
    for (user_id, period), amount in quotas(inputs).items():
        by_rep[user_id][period] = amount
    reps = []
    for user_id in rep_ids(inputs, deals):
        person = inputs.people[user_id]
        if not person.is_active or (person.ended and person.ended <= inputs.as_of):
            continue
        past = {period: amount for period, amount in by_rep[user_id].items() if period <= inputs.as_of}
        share = 1 if inputs.business.calendar["quota_period"] == "month" else 3
        ramp = inputs.business.team["ramp"]
        reps.append(
            Rep(
                person=person,
                segment=own_segment(inputs, person),
                quota=float(past[max(past)]) / share if past else None,
                effective=float(sum(row["quota_effective"] for row in months[user_id])),
                credited=float(sum(row["credited_bookings"] for row in months[user_id])),
                is_ramped=person.hired is None or tenure(person.hired, inputs.as_of) >= len(ramp),
            )
        )
    return reps


def attainment(inputs: Inputs, reps: list[Rep], segment: str) -> float:
    """Credited over effective quota of a segment's ramped reps, else the company's, else the default."""
    for some in ([rep for rep in reps if rep.segment == segment], reps):
        ramped = [rep for rep in some if rep.is_ramped]
        effective = sum(rep.effective for rep in ramped)
        if effective:
            return sum(rep.credited for rep in ramped) / effective
    return float(inputs.business.capacity["sales"]["default_attainment"])


def leaving(inputs: Inputs, deals: list[Deal], segment: str) -> float:
    """The share of a segment's reps who leave within a year, with some of the default's weight in it."""
    setting = inputs.business.capacity["sales"]
    weight = setting["attrition_weight"]
    headcount, leavers = headcounts(inputs, deals)[segment]
    return float((leavers + weight * setting["annual_attrition"]) / (headcount + weight))


@once
def headcounts(inputs: Inputs, deals: list[Deal]) -> dict[str, tuple[float, float]]:
    """Reps of a segment who are there, and how many left it within the 365 days before."""
    found: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    since = inputs.as_of - timedelta(days=365)
    for user_id in rep_ids(inputs, deals):
        person = inputs.people[user_id]
        if person.ended and person.ended <= since:
            continue
        head, left = found[own_segment(inputs, person)]
        gone = bool(person.ended and person.ended <= inputs.as_of)
        there = not gone and person.is_active
        found[own_segment(inputs, person)] = head + there, left + gone
    return found


def productivity(inputs: Inputs, months: int) -> float:
    """What a rep sells of a full quota after so many complete months."""
    ramp = inputs.business.team["ramp"]
    return 0.0 if months < 0 else float(ramp[months]) if months < len(ramp) else 1.0


def full_quota(reps: list[Rep], segment: str) -> list[float]:
    """The quotas of a segment's reps; who has none gets the middle one of the segment, else of the company, else 0."""
    own = [rep.quota for rep in reps if rep.segment == segment and rep.quota is not None]
    everybody = [rep.quota for rep in reps if rep.quota is not None]
    default = median(own) if own else median(everybody) if everybody else 0.0
    return [default if rep.quota is None else rep.quota for rep in reps if rep.segment == segment]


@once
def months_ahead(inputs: Inputs, deals: list[Deal]) -> dict[tuple[str, date], Ahead]:
    """Capacity by segment and month of the horizon."""
    setting = inputs.business.capacity["sales"]
    reps = read_reps(inputs, deals)
    first = add_months(month_of(inputs.as_of), 1)
    horizon = months_between(first, add_months(first, int(setting["horizon_months"]) - 1))
    segments = [segment["id"] for segment in inputs.business.segments["segments"]]
    goals = {name for name in segments if any(month_target(inputs, "segment", name, month) for month in horizon)}
    spread = [rep.credited / rep.effective for rep in reps if rep.is_ramped and rep.effective]
    cv = stdev(spread) / mean(spread) if len(spread) >= FEWEST_FOR_SPREAD else DEFAULT_SPREAD
    ahead = {}
    for segment in sorted({rep.segment for rep in reps} | goals):
        mine = [rep for rep in reps if rep.segment == segment]
        quota = full_quota(reps, segment)
        reached, gone = attainment(inputs, reps, segment), leaving(inputs, deals, segment)
        for step, month in enumerate(horizon, 1):
            survival = (1 - gone) ** (step / YEAR)
            fte, ramped, street, parts, people = 0.0, 0.0, 0.0, [], 0
            for rep, own in zip(mine, quota, strict=True):
                if rep.person.ended and month > month_of(rep.person.ended):
                    continue
                share = 1.0 if rep.person.fte is None else rep.person.fte
                hired = rep.person.hired
                if hired and tenure(hired, month) < 0:
                    continue
                ready = 1.0 if hired is None else productivity(inputs, tenure(hired, month))
                people, fte, ramped, street = people + 1, fte + share, ramped + share * ready, street + share * own * ready
                parts.append(share * ready * setting["availability"] * own * reached * survival)
            target = month_target(inputs, "segment", segment, month)
            ahead[segment, month] = Ahead(
                {
                    "reps_n": people,
                    "fte": fte,
                    "ramped_fte": ramped,
                    "full_quota": sum(quota) / len(quota) if quota else 0.0,
                    "street_quota": street,
                    "attainment": reached,
                    "survival": survival,
                    "availability": float(setting["availability"]),
                    "capacity": sum(parts),
                    "target": target,
                    "p_capacity_below_target": _p_below(sum(parts), cv * sqrt(sum(part**2 for part in parts)), target),
                },
                parts,
            )
    return ahead


def _p_below(capacity: float, spread: float, target: Decimal | None) -> float | None:
    if target is None:
        return None
    return NormalDist(capacity, spread).cdf(float(target)) if spread else float(capacity < float(target))


def in_cents(value: float) -> Decimal:
    """A float as money."""
    return cents(Fraction(value))


def rep_capacity(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """capacity.rep_capacity: every segment and month ahead."""
    rows = []
    for (segment, month), ahead in months_ahead(inputs, deals).items():
        values = ahead.values
        year, quarter, number = inputs.business.fiscal(month)
        street, target = in_cents(values["street_quota"]), values["target"]
        rows.append(
            {
                "segment_id": segment,
                "month_start": month,
                "fiscal_year": year,
                "fiscal_quarter": quarter,
                "fiscal_month": number,
                **values,
                "full_quota": in_cents(values["full_quota"]),
                "street_quota": street,
                "capacity": in_cents(values["capacity"]),
                "required_attainment_num": target,
                "required_attainment_den": street,
                "required_attainment": float(target / street) if target is not None and street else None,
                "over_assignment_num": street,
                "over_assignment_den": target,
                "over_assignment": float(street / target) if target else None,
            }
        )
    return rows


def hiring_need(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """capacity.hiring_need: the fewest people who close the gap, by the month they start; tried one after another."""
    setting = inputs.business.capacity["sales"]
    reps, ahead = read_reps(inputs, deals), months_ahead(inputs, deals)
    rows = []
    for segment in sorted({segment for segment, _ in ahead}):
        months = sorted(month for name, month in ahead if name == segment)
        gone, reached = leaving(inputs, deals, segment), attainment(inputs, reps, segment)
        named = [rep for rep in reps if rep.person.role]
        # A segment of which no role is known hires what the company mostly has.
        roles = Counter(rep.person.role for rep in [rep for rep in named if rep.segment == segment] or named)
        has_target = any(ahead[segment, month].values["target"] is not None for month in months)
        mine = []
        for place, start in enumerate(months):
            later = [ahead[segment, month].values for month in months[place:]]
            gap = sum(max(0.0, float(v["target"]) - v["capacity"]) for v in later if v["target"] is not None)
            unit = sum(
                v["full_quota"] * reached * productivity(inputs, k) * setting["availability"] * (1 - gone) ** (k / YEAR)
                for k, v in enumerate(later)
            )
            requisition = start - timedelta(days=int(setting["time_to_fill_days"]))
            mine.append(
                {
                    "role": min(roles, key=lambda role: (-roles[role], role)) if roles else None,
                    "segment_id": segment,
                    "month_start": start,
                    "start_by": start,
                    "open_requisition_by": requisition,
                    "gap": in_cents(gap) if has_target else None,
                    "unit_capacity": in_cents(unit),
                    "hires": _fewest(gap, unit) if has_target else None,
                    "backfills": ceil(headcounts(inputs, deals)[segment][0] * gone - 1e-9),
                    "is_recommended": False,
                }
            )
        chosen = next((row for row in mine if row["open_requisition_by"] >= inputs.as_of and has_target), None)
        if chosen:
            chosen["is_recommended"] = True
        rows += mine
    return rows


def _fewest(gap: float, unit: float) -> int | None:
    if gap <= 0:
        return 0
    if unit <= 0:
        return None
    people = 0
    while people * unit < gap:
        people += 1
    return people
