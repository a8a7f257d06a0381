"""How many people to hire, by when: the fewest whose bookings from their start to the horizon close the gap to the target."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Sequence

import pyarrow as pa

from planning.rounding import whole_up
from planning.sales_capacity import (
    CAPACITY,
    LEAVERS,
    attrition,
    by_segment,
    has_left,
    people_of,
    productivity_at,
)
from planning.sales_capacity import KEY as CAPACITY_KEY
from planning.settings import check_month, check_ramp, check_range
from planning.typed import Row, rows_of, table_of

HIRING = pa.schema(
    [
        ("segment_id", pa.string()),
        ("role", pa.string()),
        ("month_start", pa.date32()),
        ("start_by", pa.date32()),
        ("open_requisition_by", pa.date32()),
        ("gap", pa.float64()),
        ("unit_capacity", pa.float64()),
        ("hires", pa.int64()),
        ("backfills", pa.int64()),
        ("is_recommended", pa.bool_()),
    ]
)
KEY = ("segment_id", "role", "month_start")

UNKNOWN_ROLE = "unknown"
# Above it a float no longer counts people one by one; whoever sells so little is no way to close the gap.
_UNCOUNTABLE = 2.0**53


def hiring(
    capacity: pa.Table,
    reps: pa.Table,
    leavers: pa.Table,
    *,
    first_month: dt.date,
    ramp: Sequence[float],
    availability: float,
    annual_attrition: float,
    attrition_weight: float,
    time_to_fill_days: int,
    as_of: dt.date,
) -> pa.Table:
    """The hires that each segment needs if they all start in one month, for every month of the horizon.

    gap = sum over months from the start of max(0, target - capacity); unit_capacity = sum over the same months of full quota x
    attainment x ramp(months since the start) x availability x (1 - a)^(months since the start / 12); hires = smallest n with
    n x unit_capacity >= gap. Backfills are the leavers to expect among the headcount in 12 months; capacity already counts them
    as gone, so hires make up for them and the two are not added.

    Args:
        capacity: the result of `sales_capacity.capacity`.
        reps: `sales_capacity.REPS`; the role hired is the most frequent one of a segment's reps (of equals the first by name),
            of the company's where it has none.
        leavers: `sales_capacity.LEAVERS`; a segment without a row has the reps of its first month and the default attrition.
        first_month: first day of the first month that somebody could start in.
        ramp: productivity, 0 to 1, by complete months since the hire; beyond the last it is 1.
        availability: share of working time left for selling, 0 to 1.
        annual_attrition: as in `sales_capacity.attrition`.
        attrition_weight: as in `sales_capacity.attrition`.
        time_to_fill_days: days from the opened requisition to the first day at work, at least 0.
        as_of: the day that is today to the plan.

    Returns:
        `HIRING`, sorted by segment_id, role, month_start: gap and unit_capacity in money, hires and backfills in people.
        Without a target or a known capacity from the month on, gap and hires are NULL; hires are NULL too where no number of
        them closes the gap. Recommended is the first month with a known gap for which a requisition can still be opened in
        time: one row a segment, or none.

    Raises:
        ValueError: an impossible setting, or a wrong table.
    """
    check_month("first_month", first_month)
    check_ramp(ramp)
    check_range("availability", availability, 0, 1)
    check_range("time_to_fill_days", time_to_fill_days, 0)
    attrition_of = attrition(leavers, annual_attrition=annual_attrition, attrition_weight=attrition_weight)
    headcounts = {
        row["segment_id"]: row["headcount"] for row in rows_of(leavers, LEAVERS, ("segment_id",), "segment headcount")
    }
    role_of = _Roles(people_of(reps), first_month)
    planned = by_segment(
        row for row in rows_of(capacity, CAPACITY, CAPACITY_KEY, "sales capacity") if row["month_start"] >= first_month
    )
    rows: list[Row] = []
    for segment, months in planned.items():
        loss = attrition_of.get(segment, annual_attrition)
        headcount = headcounts.get(segment)
        backfills = whole_up(max((months[0]["reps_n"] if headcount is None else headcount) or 0, 0) * loss)
        is_open = True
        for position, first in enumerate(months):
            start = first["month_start"]
            open_by = start - dt.timedelta(days=time_to_fill_days)
            gap = _gap(months[position:])
            unit_capacity = _unit_capacity(months[position:], ramp, availability, loss)
            is_recommended = is_open and open_by >= as_of and gap is not None
            is_open = is_open and not is_recommended
            rows.append(
                {
                    "segment_id": segment,
                    "role": role_of.segment(segment),
                    "month_start": start,
                    "start_by": start,
                    "open_requisition_by": open_by,
                    "gap": gap,
                    "unit_capacity": unit_capacity,
                    "hires": hires_needed(gap, unit_capacity),
                    "backfills": backfills,
                    "is_recommended": is_recommended,
                }
            )
    return table_of(rows, HIRING, KEY)


def hires_needed(gap: float | None, unit_capacity: float) -> int | None:
    """The smallest n >= 0 with n x unit_capacity >= gap, a billionth of a person aside.

    Args:
        gap: money that is missing; NULL: unknown.
        unit_capacity: money that one hire brings, at least 0.

    Returns:
        NULL for an unknown gap and where no number of hires closes it.
    """
    if gap is None:
        return None
    if gap <= 0:
        return 0
    people = gap / unit_capacity if unit_capacity > 0 else math.inf
    return whole_up(people) if people < _UNCOUNTABLE else None


class _Roles:
    """The most frequent role of those who have not left, by segment."""

    def __init__(self, people: Iterable[Row], first_month: dt.date) -> None:
        named = [rep for rep in people if rep["role"] and not has_left(rep, first_month)]
        self._by_segment = {segment: _most_frequent(of_it) for segment, of_it in by_segment(named).items()}
        self._elsewhere = _most_frequent(named) if named else UNKNOWN_ROLE

    def segment(self, segment: str) -> str:
        return self._by_segment.get(segment, self._elsewhere)


def _most_frequent(people: list[Row]) -> str:
    counts = Counter(str(rep["role"]) for rep in people)
    return min(counts, key=lambda role: (-counts[role], role))


def _gap(months: list[Row]) -> float | None:
    """What is missing to the targets of these months; a month above its target does not help another.

    NULL when no month has both a target and a known capacity.
    """
    known = [row for row in months if row["target"] is not None and row["capacity"] is not None]
    missing = [max(row["target"] - row["capacity"], 0.0) for row in known]
    return math.fsum(missing) if missing else None


def _unit_capacity(months: list[Row], ramp: Sequence[float], availability: float, loss: float) -> float:
    start = months[0]["month_start"]
    brought = []
    for row in months:
        tenure = 12 * (row["month_start"].year - start.year) + row["month_start"].month - start.month
        full = (row["full_quota"] or 0.0) * (row["attainment"] or 0.0)
        brought.append(full * productivity_at(ramp, tenure) * availability * (1 - loss) ** (tenure / 12))
    return math.fsum(brought)
