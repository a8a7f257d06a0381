"""What each segment's reps can be expected to book: fte x ramp x availability x quota x attainment x survival, by month.

Quotas are full ones, as a ramped rep carries them; what a new rep is short of them the ramp says, and nothing says it twice.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import NormalDist, fmean, median, stdev

import pyarrow as pa

from planning.settings import check_month, check_ramp, check_range
from planning.typed import Row, rows_of, table_of

REPS = pa.schema(
    [
        ("user_id", pa.string()),
        ("segment_id", pa.string()),
        ("role", pa.string()),
        ("fte", pa.float64()),
        ("hire_date", pa.date32()),
        ("end_date", pa.date32()),
        ("monthly_quota", pa.float64()),
        ("effective_quota_12m", pa.float64()),
        ("credited_12m", pa.float64()),
        ("is_ramped", pa.bool_()),
    ]
)
LEAVERS = pa.schema([("segment_id", pa.string()), ("headcount", pa.float64()), ("leavers", pa.float64())])
TARGETS = pa.schema([("segment_id", pa.string()), ("month_start", pa.date32()), ("target", pa.float64())])
CAPACITY = pa.schema(
    [
        ("segment_id", pa.string()),
        ("month_start", pa.date32()),
        ("reps_n", pa.int64()),
        ("fte", pa.float64()),
        ("ramped_fte", pa.float64()),
        ("full_quota", pa.float64()),
        ("street_quota", pa.float64()),
        ("attainment", pa.float64()),
        ("survival", pa.float64()),
        ("availability", pa.float64()),
        ("capacity", pa.float64()),
        ("target", pa.float64()),
        ("required_attainment", pa.float64()),
        ("over_assignment", pa.float64()),
        ("p_capacity_below_target", pa.float64()),
    ]
)
KEY = ("segment_id", "month_start")

UNASSIGNED = "unassigned"
# How much a rep's result varies around the mean, until enough ramped reps show it.
_DEFAULT_VARIATION = 0.3
_REPS_THAT_SHOW_VARIATION = 5


def capacity(
    reps: pa.Table,
    leavers: pa.Table,
    targets: pa.Table,
    *,
    first_month: dt.date,
    horizon: int,
    ramp: Sequence[float],
    availability: float,
    default_attainment: float,
    annual_attrition: float,
    attrition_weight: float,
) -> pa.Table:
    """The bookings that each segment's reps can be expected to bring, month by month.

    A rep counts from the first month that begins on or after the hire to the month of the end date. One without a quota carries
    the median of the segment, else of the company. Attainment is credited / effective quota of the segment's ramped reps, else
    of the company's, else the default. Survival is the share of a segment's people who are still there, k months ahead:
    (1 - a)^(k / 12), a = `attrition`. The probability to miss the target takes reps as independent and their sum as normal.

    Args:
        reps: `REPS`, one row per person: fte 1 = full time, monthly_quota in money a month, effective_quota_12m (what could be
            expected of a ramping rep) and credited_12m in money of the last 12 months. Without a segment: 'unassigned'; without
            fte: 1; without a hire date: ramped.
        leavers: `LEAVERS`, one row per segment: people there and people who left in the last 12 months; a segment without a row
            has the default attrition.
        targets: `TARGETS`, one row per segment and month, in money of that month.
        first_month: first day of the first month.
        horizon: number of months, at least 1.
        ramp: productivity, 0 to 1, by complete months since the hire; beyond the last it is 1.
        availability: share of working time left for selling, 0 to 1.
        default_attainment: attainment of a company that has none yet, at least 0.
        annual_attrition: share of people who leave in a year, 0 to 1, before own leavers are counted.
        attrition_weight: how many people the default weighs as, at least 0.

    Returns:
        `CAPACITY`, sorted by segment_id, month_start, for every segment with a rep or a target, every month: reps_n people, fte
        and ramped_fte full-time equivalents, quotas, capacity and target money of that month, the rest shares. Ratios are NULL
        where target or quota is missing or 0; quotas and capacity are NULL where nobody in the company has a quota. full_quota
        is the mean over the reps who are there; where nobody is, the mean over all of the segment's, else the company's median.

    Raises:
        ValueError: an impossible setting, or a wrong table.
    """
    check_month("first_month", first_month)
    check_range("horizon", horizon, 1)
    check_ramp(ramp)
    check_range("availability", availability, 0, 1)
    check_range("default_attainment", default_attainment, 0)
    attrition_of = attrition(leavers, annual_attrition=annual_attrition, attrition_weight=attrition_weight)
    people = people_of(reps)
    quotas = _Quotas(people)
    results = _Results(people, default_attainment)
    months = [months_after(first_month, ahead) for ahead in range(horizon)]
    wanted = {
        (row["segment_id"], row["month_start"]): row["target"]
        for row in rows_of(targets, TARGETS, KEY, "segment targets")
        if row["month_start"] in months
    }
    members = by_segment(people)
    rows: list[Row] = []
    for segment in sorted(members.keys() | {segment for segment, _ in wanted}):
        attainment = results.attainment(segment)
        loss = attrition_of.get(segment, annual_attrition)
        for ahead, month in enumerate(months, start=1):
            survival = (1 - loss) ** (ahead / 12)
            present = [(rep, _productivity(rep, month, ramp)) for rep in members.get(segment, []) if _is_there(rep, month)]
            street = [_fte(rep) * quotas.of(rep) * productivity for rep, productivity in present]
            street_quota = math.fsum(street) if quotas.are_known else None
            expected = [quota * availability * attainment * survival for quota in street]
            target = wanted.get((segment, month))
            rows.append(
                {
                    "segment_id": segment,
                    "month_start": month,
                    "reps_n": len(present),
                    "fte": math.fsum(_fte(rep) for rep, _ in present),
                    "ramped_fte": math.fsum(_fte(rep) * productivity for rep, productivity in present),
                    "full_quota": quotas.full(segment, [rep for rep, _ in present]) if quotas.are_known else None,
                    "street_quota": street_quota,
                    "attainment": attainment,
                    "survival": survival,
                    "availability": availability,
                    "capacity": math.fsum(expected) if quotas.are_known else None,
                    "target": target,
                    "required_attainment": _ratio(target, street_quota),
                    "over_assignment": _ratio(street_quota, target),
                    "p_capacity_below_target": _p_below(target if quotas.are_known else None, expected, results.variation),
                }
            )
    return table_of(rows, CAPACITY, KEY)


def attrition(leavers: pa.Table, *, annual_attrition: float, attrition_weight: float) -> dict[str, float]:
    """The share of each segment's people who leave in a year: its own, drawn towards the default as far as it is small.

    (leavers + weight x default) / (headcount + weight), at most 1; nobody there and no weight: the default.

    Args:
        leavers: `LEAVERS`, one row per segment.
        annual_attrition: the default, 0 to 1.
        attrition_weight: how many people the default weighs as, at least 0.

    Raises:
        ValueError: an impossible setting, or a wrong table.
    """
    check_range("annual_attrition", annual_attrition, 0, 1)
    check_range("attrition_weight", attrition_weight, 0)
    shares = {}
    for row in rows_of(leavers, LEAVERS, ("segment_id",), "segment headcount"):
        left, there = max(row["leavers"] or 0.0, 0.0), max(row["headcount"] or 0.0, 0.0)
        share = _ratio(left + attrition_weight * annual_attrition, there + attrition_weight)
        shares[row["segment_id"]] = annual_attrition if share is None else min(share, 1.0)
    return shares


def people_of(reps: pa.Table) -> list[Row]:
    """The rows of `REPS`, each with a segment.

    Raises:
        ValueError: a wrong table.
    """
    people = rows_of(reps, REPS, ("user_id",), "reps")
    return [rep | {"segment_id": rep["segment_id"] or UNASSIGNED} for rep in people]


def by_segment(people: Iterable[Row]) -> dict[str, list[Row]]:
    """The people of each segment, in the order given."""
    members: dict[str, list[Row]] = defaultdict(list)
    for rep in people:
        members[rep["segment_id"]].append(rep)
    return dict(members)


def months_after(month: dt.date, count: int) -> dt.date:
    """The first day of the month `count` months after the one of `month`."""
    years, months = divmod(month.month - 1 + count, 12)
    return dt.date(month.year + years, months + 1, 1)


def productivity_at(ramp: Sequence[float], months: int) -> float:
    """The productivity of a rep `months` complete months after the hire; 1 beyond the ramp."""
    return ramp[months] if months < len(ramp) else 1.0


def has_left(rep: Row, month: dt.date) -> bool:
    """Whether the end date lies in a month before this one."""
    return rep["end_date"] is not None and rep["end_date"] < month


class _Results:
    """How far ramped reps reached their quota in the last 12 months; credit without a quota shows nothing of that."""

    def __init__(self, people: Iterable[Row], default_attainment: float) -> None:
        ramped = [rep for rep in people if rep["is_ramped"] and (rep["effective_quota_12m"] or 0.0) > 0]
        self._by_segment = {segment: _attained(of_it) for segment, of_it in by_segment(ramped).items()}
        self._elsewhere = _attained(ramped) if ramped else default_attainment
        self.variation = _variation([(rep["credited_12m"] or 0.0) / rep["effective_quota_12m"] for rep in ramped])

    def attainment(self, segment: str) -> float:
        return self._by_segment.get(segment, self._elsewhere)


class _Quotas:
    """The monthly quota of every rep, with what stands in for a missing one."""

    def __init__(self, people: Iterable[Row]) -> None:
        people = list(people)
        known = [rep for rep in people if rep["monthly_quota"] is not None]
        self._median = {segment: median(rep["monthly_quota"] for rep in of_it) for segment, of_it in by_segment(known).items()}
        self.are_known = bool(known)
        self._elsewhere = median(rep["monthly_quota"] for rep in known) if known else 0.0
        self._members = by_segment(people)

    def of(self, rep: Row) -> float:
        quota: float | None = rep["monthly_quota"]
        return self._median.get(rep["segment_id"], self._elsewhere) if quota is None else quota

    def full(self, segment: str, present: list[Row]) -> float:
        there = present or self._members.get(segment, [])
        return fmean(self.of(rep) for rep in there) if there else self._elsewhere


def _attained(ramped: list[Row]) -> float:
    credited = math.fsum(rep["credited_12m"] or 0.0 for rep in ramped)
    # Credit taken back can exceed what a year brought; nobody is planned to book less than nothing.
    return max(credited / math.fsum(rep["effective_quota_12m"] for rep in ramped), 0.0)


def _variation(results: list[float]) -> float:
    if len(results) < _REPS_THAT_SHOW_VARIATION or fmean(results) <= 0:
        return _DEFAULT_VARIATION
    return stdev(results) / fmean(results)


def _is_there(rep: Row, month: dt.date) -> bool:
    return (rep["hire_date"] is None or rep["hire_date"] <= month) and not has_left(rep, month)


def _productivity(rep: Row, month: dt.date, ramp: Sequence[float]) -> float:
    """For a rep who is there on the first of the month: only a hire on a first makes that month complete."""
    hired: dt.date | None = rep["hire_date"]
    if hired is None:
        return 1.0
    return productivity_at(ramp, 12 * (month.year - hired.year) + month.month - hired.month - (hired.day > 1))


def _fte(rep: Row) -> float:
    return 1.0 if rep["fte"] is None else max(float(rep["fte"]), 0.0)


def _p_below(target: float | None, expected: list[float], variation: float) -> float | None:
    if target is None:
        return None
    mean = math.fsum(expected)
    deviation = variation * math.sqrt(math.fsum(each**2 for each in expected))
    if deviation == 0:
        return 1.0 if mean < target else 0.0
    return NormalDist(mean, deviation).cdf(target)


def _ratio(numerator: float | None, denominator: float | None) -> float | None:
    if numerator is None or not denominator:
        return None
    ratio = numerator / denominator
    return ratio if math.isfinite(ratio) else None
