"""Hiring: a plan by hand, the smallest number of hires, and the month for which a requisition can still be opened."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.hiring import HIRING, hires_needed, hiring
from planning.sales_capacity import CAPACITY, LEAVERS, REPS, months_after

JANUARY = dt.date(2027, 1, 1)
SETTINGS: dict[str, Any] = {
    "first_month": JANUARY,
    "ramp": [0.0, 0.5],
    "availability": 1,
    "annual_attrition": 0,
    "attrition_weight": 5,
    "time_to_fill_days": 45,
    "as_of": dt.date(2026, 12, 15),
}


def month(ahead: int, target: float | None, **values: Any) -> dict[str, Any]:
    known = {"segment_id": "smb", "month_start": months_after(JANUARY, ahead), "target": target}
    return dict.fromkeys(CAPACITY.names) | {"full_quota": 100, "attainment": 0.5, "capacity": 100} | known | values


def rep(user_id: str, role: str | None, **values: Any) -> dict[str, Any]:
    return dict.fromkeys(REPS.names) | {"user_id": user_id, "segment_id": "smb", "role": role} | values


def needed(
    months: list[dict[str, Any]],
    reps: list[dict[str, Any]] | None = None,
    leavers: list[dict[str, Any]] | None = None,
    **settings: Any,
) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = hiring(
        pa.Table.from_pylist(months, schema=CAPACITY),
        pa.Table.from_pylist(reps or [], schema=REPS),
        pa.Table.from_pylist(leavers or [], schema=LEAVERS),
        **SETTINGS | settings,
    ).to_pylist()
    return result


def test_a_plan_by_hand() -> None:
    rows = needed([month(0, 130), month(1, 150), month(2, 140)])
    # 30, 50 and 40 are missing; a hire brings nothing in the first month, 25 in the second, 50 from the third on.
    assert [row["gap"] for row in rows] == [120, 90, 40]
    assert [row["unit_capacity"] for row in rows] == [75, 25, 0]
    assert [row["hires"] for row in rows] == [2, 4, None]
    assert [row["start_by"] for row in rows] == [row["month_start"] for row in rows]
    assert [row["open_requisition_by"] for row in rows] == [
        dt.date(2026, 11, 17),
        dt.date(2026, 12, 18),
        dt.date(2027, 1, 15),
    ]
    # For January it is too late.
    assert [row["is_recommended"] for row in rows] == [False, True, False]


def test_availability_and_leaving_make_a_hire_worth_less() -> None:
    (row, *_) = needed([month(0, 130), month(1, 150), month(2, 140)], availability=0.8, annual_attrition=0.36)
    assert row["unit_capacity"] == pytest.approx(0.8 * (25 * 0.64 ** (1 / 12) + 50 * 0.64 ** (2 / 12)))


def test_a_month_above_its_target_does_not_help_another() -> None:
    rows = needed([month(0, 20), month(1, 150), month(2, 90)])
    assert [row["gap"] for row in rows] == [50, 50, 0]
    assert [row["hires"] for row in rows] == [1, 2, 0]


def test_the_day_itself_is_early_enough() -> None:
    rows = needed([month(0, 130), month(1, 150), month(2, 140)], as_of=dt.date(2026, 12, 18))
    assert [row["is_recommended"] for row in rows] == [False, True, False]
    late = needed([month(0, 130), month(1, 150), month(2, 140)], as_of=dt.date(2026, 12, 19))
    assert [row["is_recommended"] for row in late] == [False, False, True]


def test_without_a_target_nothing_is_said_and_nothing_recommended() -> None:
    rows = needed([month(0, None), month(1, None)], as_of=dt.date(2026, 1, 1))
    assert [(row["gap"], row["hires"], row["is_recommended"]) for row in rows] == [(None, None, False)] * 2
    partly = needed([month(0, 150), month(1, None)], as_of=dt.date(2026, 1, 1))
    assert [(row["gap"], row["is_recommended"]) for row in partly] == [(50, True), (None, False)]


def test_the_role_is_the_most_frequent_one_of_those_who_are_there() -> None:
    left = {"end_date": dt.date(2026, 12, 31)}
    team = [rep("a", "AM"), rep("b", "AE"), rep("c", None), rep("d", "AM", **left), rep("e", "AM", **left)]
    assert {row["role"] for row in needed([month(0, 1)], team)} == {"AE"}
    assert {row["role"] for row in needed([month(0, 1)], [*team, rep("f", "AM")])} == {"AM"}
    elsewhere = [rep("a", "AM", segment_id="big")]
    assert {row["role"] for row in needed([month(0, 1)], elsewhere)} == {"AM"}
    assert {row["role"] for row in needed([month(0, 1)])} == {"unknown"}


def test_backfills_are_the_leavers_to_expect() -> None:
    own = [{"segment_id": "smb", "headcount": 15, "leavers": 2}]
    # (2 + 5 x 0.2) / (15 + 5) = 15 % of 15 people.
    assert needed([month(0, 1)], leavers=own, annual_attrition=0.2)[0]["backfills"] == 3
    assert needed([month(0, 1, reps_n=11)], annual_attrition=0.2)[0]["backfills"] == 3
    assert needed([month(0, 1)], annual_attrition=0.2)[0]["backfills"] == 0


@given(st.floats(0, 1e7), st.floats(1, 1e6))
def test_one_hire_fewer_is_not_enough(gap: float, unit: float) -> None:
    hires = hires_needed(gap, unit)
    assert hires is not None
    noise = 1e-8 * unit
    assert hires * unit >= gap - noise
    assert hires == 0 or (hires - 1) * unit < gap + noise


@given(st.integers(0, 500), st.integers(1, 400))
def test_the_smallest_number_by_trying_all(gap: int, unit: int) -> None:
    assert hires_needed(float(gap), float(unit)) == next(n for n in range(501) if n * unit >= gap)


@given(st.integers(1, 1000), st.floats(0.1, 1e6))
def test_a_gap_of_n_hires_takes_n(hires: int, unit: float) -> None:
    assert hires_needed(math.fsum([unit] * hires), unit) == hires


def test_where_no_number_of_hires_helps_none_is_named() -> None:
    assert hires_needed(1, 0) is None
    assert hires_needed(1e9, 5e-324) is None
    assert hires_needed(None, 5) is None
    assert hires_needed(0, 0) == 0


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.none() | st.floats(0, 1e7), st.none() | st.floats(0, 1e7), st.none() | st.floats(0, 1e6)),
        min_size=1,
        max_size=8,
    ),
    st.randoms(use_true_random=False),
    st.integers(0, 200),
    st.floats(0, 1),
)
def test_any_plan_is_order_free_and_recommends_at_most_one_month(plan: Any, random: Any, days: int, loss: float) -> None:
    months = [
        month(ahead, target, capacity=capacity, full_quota=quota, segment_id=segment)
        for segment in ("smb", "big")
        for ahead, (target, capacity, quota) in enumerate(plan)
    ]
    rows = needed(months, time_to_fill_days=days, annual_attrition=loss)
    assert rows == needed(random.sample(months, len(months)), time_to_fill_days=days, annual_attrition=loss)
    for segment in ("smb", "big"):
        of_it = [row for row in rows if row["segment_id"] == segment]
        assert sum(row["is_recommended"] for row in of_it) <= 1
        known = [row["gap"] for row in of_it if row["gap"] is not None]
        assert known == sorted(known, reverse=True)
        for row in of_it:
            assert math.isfinite(row["unit_capacity"])
            assert row["hires"] is None or row["hires"] >= 0


def test_months_before_the_first_are_left_out() -> None:
    rows = needed([month(-1, 500), month(0, 130)])
    assert [row["month_start"] for row in rows] == [JANUARY]


def test_nothing_in_gives_all_columns_out() -> None:
    empty = hiring(CAPACITY.empty_table(), REPS.empty_table(), LEAVERS.empty_table(), **SETTINGS)
    assert (empty.schema, empty.num_rows) == (HIRING, 0)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("time_to_fill_days", -1), ("availability", 2), ("annual_attrition", -0.1), ("first_month", dt.date(2027, 1, 5))],
)
def test_an_impossible_setting_is_named(setting: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{setting} is {value}"):
        needed([], **{setting: value})
