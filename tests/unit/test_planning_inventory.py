"""Stock: a worked example, the rule for lumpy items, the classes, and what happens where data is missing."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.inventory import ITEMS, POLICY, policy

SETTINGS = {"service_level": 0.95, "review_days": 6, "lead_time_cv": 0.3}


def item(**values: Any) -> dict[str, Any]:
    return {
        "item_id": "bolt",
        "location": "main",
        "weekly_demand": [14.0, 28.0],
        "yearly_value": 100.0,
        "on_hand": 60.0,
        "on_order": 20.0,
        "reserved": 10.0,
        "lead_time_days": 30.0,
        "lead_times": [12.0, 8.0, 10.0],
        "moq": 10.0,
    } | values


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=ITEMS)


def ordered(*rows: dict[str, Any], **settings: float) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = policy(table(*rows), **SETTINGS | settings).to_pylist()
    return result


def test_a_worked_example() -> None:
    (row,) = ordered(item())
    # 21 a week; the two weeks spread by sqrt(98), a day by sqrt(98 / 7); deliveries took 10 days, give or take 2.
    assert row["mean_daily_demand"] == 3
    assert row["sigma_daily_demand"] == pytest.approx(math.sqrt(14))
    assert (row["lead_time_days"], row["sigma_lead_time_days"], row["protection_days"]) == (10, 2, 16)
    assert row["sigma_protection"] == pytest.approx(math.sqrt(16 * 14 + 9 * 4))
    assert row["safety_stock"] == pytest.approx(1.6448536 * 16.1245155, rel=1e-7)
    assert row["reorder_point"] == pytest.approx(48 + 26.52247, abs=1e-4)
    # 18 for the six days until the next review, in lots of 10.
    assert row["order_quantity"] == 20
    assert (row["position"], row["is_below_reorder_point"]) == (70, True)
    assert (row["abc"], row["xyz"], row["is_lumpy"]) == ("A", "X", False)


def test_a_lumpy_item_is_ordered_by_its_own_history() -> None:
    lumpy = item(weekly_demand=[0, 0, 10, 0, 0, 0, 0, 6, 0, 0], lead_times=[], lead_time_days=8)
    # Two weeks at a time: five times 0, twice 6, twice 10.
    (often,) = ordered(lumpy, service_level=0.9)
    assert (often["is_lumpy"], often["reorder_point"]) == (True, 10)
    assert often["safety_stock"] == pytest.approx(10 - 3.2)
    (seldom,) = ordered(lumpy, service_level=0.5)
    assert (seldom["reorder_point"], seldom["safety_stock"]) == (0, 0)


@pytest.mark.parametrize(("weeks", "is_lumpy"), [([0.0, 0.0, 4.0, 6.0], False), ([0.0, 0.0, 0.0, 6.0, 4.0], True), ([], False)])
def test_lumpy_is_what_sells_in_less_than_half_of_the_weeks(weeks: list[float], is_lumpy: bool) -> None:
    (row,) = ordered(item(weekly_demand=weeks))
    assert row["is_lumpy"] is is_lumpy


def test_a_history_too_short_for_one_window_follows_the_normal_rule() -> None:
    (row,) = ordered(item(weekly_demand=[0.0, 0.0, 9.0], lead_times=None, lead_time_days=60.0))
    assert row["is_lumpy"]
    assert row["reorder_point"] == pytest.approx(row["mean_daily_demand"] * row["protection_days"] + row["safety_stock"])
    assert row["safety_stock"] > 0


def test_lead_times_count_when_three_are_known_else_the_agreed_one() -> None:
    (row,) = ordered(item(lead_times=[9.0, 11.0, None, -3.0, math.nan]))
    assert (row["lead_time_days"], row["sigma_lead_time_days"]) == (30, pytest.approx(9))


def test_without_any_lead_time_there_is_no_policy_but_the_value_counts() -> None:
    rows = ordered(
        item(item_id="known", yearly_value=10.0),
        item(item_id="unknown", yearly_value=90.0, lead_times=None, lead_time_days=None),
    )
    assert [(row["item_id"], row["abc"]) for row in rows] == [("known", "C")]


def test_classes_follow_the_cumulative_value() -> None:
    values = {"a": 60.0, "b": 20.0, "c": 10.0, "d": 5.0, "e": 5.0, "f": 0.0, "g": None}
    rows = ordered(*(item(item_id=name, yearly_value=value) for name, value in values.items()))
    # 60, 80, 90, 95, 100 % of the whole; of equals the first by name comes first.
    assert "".join(row["abc"] for row in rows) == "AABBCCC"


def test_the_most_valuable_item_is_a_even_above_80_percent() -> None:
    rows = ordered(item(item_id="a", yearly_value=96.0), item(item_id="b", yearly_value=4.0))
    assert [row["abc"] for row in rows] == ["A", "C"]


def test_an_item_at_two_locations_is_one_item_to_the_classes() -> None:
    rows = ordered(
        *(item(item_id="a", location=place, yearly_value=55.0) for place in ("north", "south")),
        item(item_id="b", yearly_value=25.0),
        item(item_id="c", yearly_value=20.0),
    )
    assert [row["abc"] for row in rows] == ["A", "A", "A", "C"]


@pytest.mark.parametrize(
    ("weeks", "xyz"),
    [
        ([10.0, 10.0], "X"),
        ([5.0, 15.0], "Y"),
        ([0.0, 10.0], "Z"),
        ([0.0, 0.0], "Z"),
        ([-4.0, 1.0], "Z"),
        ([], "Z"),
        (None, "Z"),
    ],
)
def test_classes_of_evenness(weeks: list[float] | None, xyz: str) -> None:
    (row,) = ordered(item(weekly_demand=weeks))
    assert row["xyz"] == xyz
    assert row["mean_daily_demand"] >= 0


@pytest.mark.parametrize(("moq", "quantity"), [(None, 18), (0.0, 18), (18.0, 18), (7.0, 21), (100.0, 100), (6.0, 18)])
def test_orders_are_whole_lots(moq: float | None, quantity: float) -> None:
    (row,) = ordered(item(moq=moq))
    assert row["order_quantity"] == pytest.approx(quantity)


def test_unknown_stock_is_none() -> None:
    (row,) = ordered(item(on_hand=None, on_order=None, reserved=None))
    assert row["position"] == 0


AMOUNTS = st.none() | st.floats(-10, 1e6)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "item_id": st.sampled_from("abcdef"),
            "location": st.sampled_from(["main", "north"]),
            "weekly_demand": st.none() | st.lists(st.none() | st.floats(-5, 1e5), max_size=16),
            "yearly_value": AMOUNTS,
            "on_hand": AMOUNTS,
            "on_order": AMOUNTS,
            "reserved": AMOUNTS,
            "lead_time_days": st.none() | st.floats(-1, 400),
            "lead_times": st.none() | st.lists(st.none() | st.floats(-1, 400), max_size=6),
            "moq": st.none() | st.floats(0, 0) | st.floats(0.01, 1e4),
        }
    ),
    max_size=8,
    unique_by=lambda row: (row["item_id"], row["location"]),
)


@settings(max_examples=40)
@given(ROWS, st.randoms(use_true_random=False), st.floats(0.5, 0.999))
def test_every_policy_is_finite_and_order_free(rows: list[dict[str, Any]], random: Any, level: float) -> None:
    result = policy(table(*rows), **SETTINGS | {"service_level": level})
    shuffled = random.sample(rows, len(rows))
    assert result.equals(policy(table(*shuffled), **SETTINGS | {"service_level": level}))
    assert result.schema == POLICY
    for row in result.to_pylist():
        assert all(value is not None and (not isinstance(value, float) or math.isfinite(value)) for value in row.values())
        assert row["safety_stock"] >= 0
        assert row["order_quantity"] >= row["mean_daily_demand"] * 6 * (1 - 1e-6)
        assert row["is_below_reorder_point"] == (row["position"] < row["reorder_point"])


@given(st.lists(st.floats(0, 1e4), min_size=8, max_size=40), st.floats(0.5, 0.98))
def test_a_higher_service_level_never_orders_later(weeks: list[float], level: float) -> None:
    (lower,), (higher,) = (ordered(item(weekly_demand=weeks), service_level=share) for share in (level, level + 0.01))
    assert higher["reorder_point"] >= lower["reorder_point"]


def test_nothing_in_gives_all_columns_out() -> None:
    assert policy(table(), **SETTINGS).schema == POLICY


@pytest.mark.parametrize(
    ("setting", "value"),
    [("service_level", 0), ("service_level", 1), ("service_level", 95), ("review_days", -1), ("lead_time_cv", -0.1)],
)
def test_an_impossible_setting_is_named(setting: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{setting} is {value}"):
        policy(table(), **SETTINGS | {setting: value})
