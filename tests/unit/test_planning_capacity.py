"""Sales capacity: a team by hand, what stands in for missing data, and that order and noise change nothing."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.sales_capacity import CAPACITY, LEAVERS, REPS, TARGETS, attrition, capacity

NOVEMBER, DECEMBER = dt.date(2026, 11, 1), dt.date(2026, 12, 1)
SETTINGS: dict[str, Any] = {
    "first_month": NOVEMBER,
    "horizon": 2,
    "ramp": [0.0, 0.25, 0.5, 0.75],
    "availability": 0.9,
    "default_attainment": 0.8,
    "annual_attrition": 0.2,
    "attrition_weight": 5,
}


def rep(user_id: str, **values: Any) -> dict[str, Any]:
    return dict.fromkeys(REPS.names) | {"user_id": user_id, "segment_id": "smb"} | values


ANN = rep("ann", hire_date=dt.date(2020, 1, 15), monthly_quota=120, effective_quota_12m=1000, credited_12m=900, is_ramped=True)
IN_RAMP = rep(
    "bob", hire_date=dt.date(2026, 9, 15), monthly_quota=100, effective_quota_12m=50, credited_12m=99, is_ramped=False
)
LEFT = rep("cat", end_date=dt.date(2026, 10, 20), monthly_quota=60, effective_quota_12m=1000, credited_12m=500, is_ramped=True)
NO_QUOTA = rep("dan", fte=0.5)
TEAM = [ANN, IN_RAMP, LEFT, NO_QUOTA]


def planned(
    reps: list[dict[str, Any]],
    leavers: Sequence[tuple[str, float, float]] = (),
    targets: Sequence[tuple[str, dt.date, float | None]] = (),
    **settings: Any,
) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = _table(reps, leavers, targets, **settings).to_pylist()
    return result


def _table(reps: Any, leavers: Any, targets: Any, **settings: Any) -> pa.Table:
    return capacity(
        pa.Table.from_pylist(list(reps), schema=REPS),
        pa.Table.from_pylist([dict(zip(LEAVERS.names, row, strict=True)) for row in leavers], schema=LEAVERS),
        pa.Table.from_pylist([dict(zip(TARGETS.names, row, strict=True)) for row in targets], schema=TARGETS),
        **SETTINGS | settings,
    )


def test_a_team_by_hand() -> None:
    november, december = planned(TEAM, [("smb", 5, 1)], [("smb", NOVEMBER, 130)])
    # One of five left: (1 + 5 x 0.2) / (5 + 5) = 0.2 a year.
    survival = 0.8 ** (1 / 12)
    assert (november["reps_n"], november["fte"], november["ramped_fte"]) == (3, 2.5, 1.75)
    # Dan carries the median of 60, 100 and 120; Bob is in his second month.
    assert november["full_quota"] == pytest.approx(320 / 3)
    assert november["street_quota"] == 120 + 100 * 0.25 + 0.5 * 100
    assert december["street_quota"] == 120 + 100 * 0.5 + 0.5 * 100
    # Ann and Cat, though she left, show what ramped reps reach: 1400 of 2000.
    assert november["attainment"] == 0.7
    assert november["survival"] == pytest.approx(survival)
    assert december["survival"] == pytest.approx(survival**2)
    assert november["capacity"] == pytest.approx(195 * 0.9 * 0.7 * survival)
    assert december["capacity"] == pytest.approx(220 * 0.9 * 0.7 * survival**2)
    assert november["required_attainment"] == pytest.approx(130 / 195)
    assert november["over_assignment"] == pytest.approx(195 / 130)
    # Two ramped reps show no spread yet: 0.3 of each contribution, 120, 25 and 50 of street quota.
    deviation = 0.3 * math.sqrt(120**2 + 25**2 + 50**2) * 0.9 * 0.7 * survival
    expected = NormalDist(195 * 0.9 * 0.7 * survival, deviation).cdf(130)
    assert november["p_capacity_below_target"] == pytest.approx(expected)
    assert november["p_capacity_below_target"] == pytest.approx(0.649, abs=1e-3)
    for name in ("target", "required_attainment", "over_assignment", "p_capacity_below_target"):
        assert december[name] is None


@pytest.mark.parametrize(
    ("hired", "left", "productivity"),
    [
        (dt.date(2026, 11, 1), None, 0.0),
        (dt.date(2026, 10, 2), None, 0.0),
        (dt.date(2026, 10, 1), None, 0.25),
        (dt.date(2026, 7, 1), None, 1.0),
        (dt.date(2026, 7, 2), None, 0.75),
        (dt.date(2025, 12, 31), None, 1.0),
        (None, None, 1.0),
        (None, dt.date(2026, 11, 1), 1.0),
    ],
)
def test_productivity_by_complete_months(hired: dt.date | None, left: dt.date | None, productivity: float) -> None:
    row = planned([rep("a", hire_date=hired, end_date=left, monthly_quota=100)])[0]
    assert (row["reps_n"], row["ramped_fte"]) == (1, productivity)


@pytest.mark.parametrize(
    ("hired", "left"), [(dt.date(2026, 11, 2), None), (None, dt.date(2026, 10, 31)), (dt.date(2027, 3, 1), None)]
)
def test_before_the_hire_and_after_the_end_nobody_is_there(hired: dt.date | None, left: dt.date | None) -> None:
    row = planned([rep("a", hire_date=hired, end_date=left, monthly_quota=100)])[0]
    assert (row["reps_n"], row["fte"], row["street_quota"], row["capacity"]) == (0, 0, 0, 0)
    # What a hire would carry is still known.
    assert row["full_quota"] == 100


def test_a_leaver_counts_in_the_month_of_the_end_date() -> None:
    november, december = planned([rep("a", end_date=dt.date(2026, 11, 3), monthly_quota=100)])
    assert (november["reps_n"], december["reps_n"]) == (1, 0)


def test_attainment_comes_from_the_segment_else_the_company_else_the_default() -> None:
    rows = planned([ANN, LEFT, rep("eve", segment_id="new", monthly_quota=10), rep("fay", segment_id=None)])
    assert {row["segment_id"]: row["attainment"] for row in rows} == {"smb": 0.7, "new": 0.7, "unassigned": 0.7}
    assert {row["attainment"] for row in planned([IN_RAMP, NO_QUOTA])} == {0.8}
    # Nobody reached a share of a quota that was 0 or unknown.
    zero = rep("a", effective_quota_12m=0, credited_12m=5, is_ramped=True)
    assert {row["attainment"] for row in planned([zero, rep("b", credited_12m=7, is_ramped=True)])} == {0.8}
    taken_back = rep("a", effective_quota_12m=100, credited_12m=-20, is_ramped=True)
    assert {row["attainment"] for row in planned([taken_back])} == {0}


def test_without_any_quota_there_is_no_capacity_and_no_ratio() -> None:
    row = planned([rep("a")], targets=[("smb", NOVEMBER, 50)])[0]
    unknown = ("full_quota", "street_quota", "capacity", "required_attainment", "over_assignment", "p_capacity_below_target")
    assert [row[name] for name in unknown] == [None] * len(unknown)
    assert (row["reps_n"], row["fte"], row["target"]) == (1, 1, 50)


def test_a_target_of_zero_has_no_over_assignment() -> None:
    row = planned([ANN], targets=[("smb", NOVEMBER, 0)])[0]
    assert (row["required_attainment"], row["over_assignment"]) == (0, None)
    assert row["p_capacity_below_target"] == pytest.approx(NormalDist().cdf(-1 / 0.3))


def test_a_segment_with_a_target_and_nobody_in_it_is_shown() -> None:
    rows = planned([ANN], targets=[("new", DECEMBER, 40), ("old", dt.date(2026, 10, 1), 40)])
    assert [(row["segment_id"], row["reps_n"], row["target"]) for row in rows[:2]] == [("new", 0, None), ("new", 0, 40)]
    assert rows[1]["full_quota"] == 120
    assert {row["segment_id"] for row in rows} == {"new", "smb"}


def test_five_ramped_reps_show_their_own_spread() -> None:
    team = [rep(name, monthly_quota=100, effective_quota_12m=100, credited_12m=80, is_ramped=True) for name in "abcd"]
    even = [*team, rep("e", monthly_quota=100, effective_quota_12m=100, credited_12m=80, is_ramped=True)]
    mean = planned(even)[0]["capacity"]
    assert planned(even, targets=[("smb", NOVEMBER, mean * 1.001)])[0]["p_capacity_below_target"] == 1
    assert planned(even, targets=[("smb", NOVEMBER, mean * 0.999)])[0]["p_capacity_below_target"] == 0
    assert 0.5 < planned(team, targets=[("smb", NOVEMBER, mean * 0.85)])[0]["p_capacity_below_target"] < 1


def test_attrition_is_drawn_to_the_default_while_people_are_few() -> None:
    table = pa.Table.from_pylist(
        [
            {"segment_id": "few", "headcount": 1, "leavers": 1},
            {"segment_id": "many", "headcount": 95, "leavers": 9},
            {"segment_id": "more", "headcount": 1, "leavers": 30},
            {"segment_id": "none", "headcount": None, "leavers": None},
        ],
        schema=LEAVERS,
    )
    assert attrition(table, annual_attrition=0.2, attrition_weight=5) == pytest.approx(
        {"few": 2 / 6, "many": 0.1, "more": 1, "none": 0.2}
    )
    assert attrition(table, annual_attrition=0.2, attrition_weight=0)["none"] == 0.2


MONEY = st.integers(0, 10**9).map(lambda cents: cents / 100)
AMOUNTS = st.none() | MONEY
DATES = st.none() | st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31))
REP_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "user_id": st.text("abcdefghij", min_size=1, max_size=3),
            "segment_id": st.none() | st.sampled_from(["smb", "big"]),
            "role": st.none() | st.sampled_from(["AE", "AM"]),
            "fte": st.none() | st.floats(0, 1),
            "hire_date": DATES,
            "end_date": DATES,
            "monthly_quota": AMOUNTS,
            "effective_quota_12m": AMOUNTS,
            "credited_12m": AMOUNTS | MONEY.map(float.__neg__),
            "is_ramped": st.none() | st.booleans(),
        }
    ),
    max_size=6,
    unique_by=lambda row: row["user_id"],
)


@settings(max_examples=40)
@given(REP_ROWS, st.randoms(use_true_random=False), st.floats(0, 1), st.floats(0, 1e8))
def test_every_row_is_finite_and_order_free(reps: list[dict[str, Any]], random: Any, loss: float, target: float) -> None:
    leavers, targets = [("smb", 3, 1)], [("big", NOVEMBER, target), ("smb", DECEMBER, target)]
    result = _table(reps, leavers, targets, annual_attrition=loss)
    assert result.equals(_table(random.sample(reps, len(reps)), leavers, targets[::-1], annual_attrition=loss))
    assert result.schema == CAPACITY
    for row in result.to_pylist():
        assert all(math.isfinite(value) for value in row.values() if isinstance(value, float))
        assert (row["capacity"] is None) == all(rep["monthly_quota"] is None for rep in reps)
        assert (row["capacity"] or 0) >= 0
        assert row["ramped_fte"] <= row["fte"] <= row["reps_n"]
        assert row["p_capacity_below_target"] is None or 0 <= row["p_capacity_below_target"] <= 1


def test_nothing_in_gives_all_columns_out() -> None:
    assert _table([], [], []).schema == CAPACITY
    assert planned([]) == []


@pytest.mark.parametrize(
    ("setting", "value", "named"),
    [
        ("first_month", dt.date(2026, 11, 2), "first_month is 2026-11-02"),
        ("horizon", 0, "horizon is 0"),
        ("ramp", [0.5, 1.5], r"ramp\[1\] is 1.5"),
        ("availability", 1.2, "availability is 1.2"),
        ("default_attainment", -1, "default_attainment is -1"),
        ("annual_attrition", 12, "annual_attrition is 12"),
        ("attrition_weight", -1, "attrition_weight is -1"),
    ],
)
def test_an_impossible_setting_is_named(setting: str, value: Any, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        planned([], **{setting: value})


def test_two_targets_for_one_month_are_refused() -> None:
    with pytest.raises(ValueError, match="segment targets: two rows are named segment_id = smb, month_start = 2026-11-01"):
        planned([], targets=[("smb", NOVEMBER, 1), ("smb", NOVEMBER, 2)])
