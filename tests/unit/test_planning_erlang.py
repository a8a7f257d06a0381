"""Erlang C: known answers, the laws of the queue, and loads that a formula with factorials could not carry."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.erlang import INTERVALS, STAFFING, agents_needed, erlang_c, service_level, staff

SETTINGS = {"interval_minutes": 30, "answer_seconds": 20, "service_level": 0.8, "max_occupancy": 0.85, "shrinkage": 0.3}
LOADS = st.floats(0.01, 200)


def interval(**values: Any) -> dict[str, Any]:
    return {"queue": "calls", "weekday": 1, "interval_start": 540, "arrivals": 100.0, "handle_seconds": 180.0} | values


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=INTERVALS)


def by_definition(load: Fraction, agents: int) -> float:
    """The textbook formula, exactly."""
    terms = [load**n / math.factorial(n) for n in range(agents + 1)]
    waiting = terms[-1] * agents / (agents - load)
    return float(waiting / (sum(terms[:-1]) + waiting))


def test_a_hundred_calls_in_half_an_hour_take_fourteen_agents_and_twenty_positions() -> None:
    (row,) = staff(table(interval()), **SETTINGS).to_pylist()
    assert row["offered_load"] == 10
    assert (row["agents"], row["rostered"]) == (14, 20)
    assert row["service_level"] == pytest.approx(0.888, abs=5e-4)
    assert row["waiting_probability"] == pytest.approx(0.174, abs=5e-4)
    assert row["occupancy"] == pytest.approx(10 / 14)


@pytest.mark.parametrize(
    ("load", "agents"), [(Fraction(1, 3), 1), (Fraction(2), 3), (Fraction(10), 14), (Fraction(199, 2), 100)]
)
def test_the_recursion_gives_the_textbook_formula(load: Fraction, agents: int) -> None:
    assert erlang_c(float(load), agents) == pytest.approx(by_definition(load, agents), rel=1e-12)


def test_one_agent_keeps_everybody_waiting_as_often_as_busy() -> None:
    assert erlang_c(0.4, 1) == pytest.approx(0.4)


@given(LOADS, st.integers(1, 250))
def test_more_agents_never_mean_more_waiting(load: float, agents: int) -> None:
    fewer, more = erlang_c(load, agents), erlang_c(load, agents + 1)
    assert 0 <= more <= fewer * (1 + 1e-12) <= 1 + 1e-12


@given(LOADS, st.floats(1, 2), st.integers(1, 250))
def test_more_load_never_means_less_waiting(load: float, growth: float, agents: int) -> None:
    assert erlang_c(load, agents) <= erlang_c(load * growth, agents) * (1 + 1e-12)


@given(LOADS, st.integers(1, 250), st.floats(1, 3600), st.floats(0, 600))
def test_the_service_level_is_its_formula(load: float, agents: int, handle: float, answer: float) -> None:
    level = service_level(load, agents, handle, answer)
    assert 0 <= level <= 1
    if agents <= load:
        assert level == 0
    else:
        waiting_longer = erlang_c(load, agents) * math.exp(-(agents - load) * answer / handle)
        assert level == pytest.approx(1 - waiting_longer, abs=1e-12)


@given(LOADS, st.floats(10, 1000), st.floats(0, 300), st.floats(0, 0.99), st.floats(0.3, 1))
def test_one_agent_fewer_is_not_enough(load: float, handle: float, answer: float, goal: float, occupancy: float) -> None:
    def is_enough(agents: int) -> bool:
        return (
            load < agents and load / agents <= occupancy * (1 + 1e-12) and service_level(load, agents, handle, answer) >= goal
        )

    agents = agents_needed(load, handle, answer, goal=goal, max_occupancy=occupancy)
    assert is_enough(agents)
    assert not is_enough(agents - 1)


def test_ten_thousand_erlang_are_carried_without_overflow() -> None:
    agents = agents_needed(10_000, 180, 20, goal=0.8, max_occupancy=1)
    assert 10_000 < agents < 10_100
    assert 0 < erlang_c(10_000, agents) < 1
    assert erlang_c(10_000, 9_999) == 1
    # Halfin and Whitt's limit for many servers: with b x sqrt(load) agents above the load, 1 / (1 + b x cdf(b) / pdf(b)) wait.
    cdf, pdf = 0.5 * (1 + math.erf(1 / math.sqrt(2))), math.exp(-0.5) / math.sqrt(2 * math.pi)
    assert erlang_c(10_000, 10_100) == pytest.approx(1 / (1 + cdf / pdf), rel=0.01)
    assert erlang_c(10_000, 50_000) == 0
    assert erlang_c(1e-300, 5) == 0


def test_without_arrivals_nobody_is_needed_and_nobody_waits() -> None:
    (row,) = staff(table(interval(arrivals=0.0)), **SETTINGS).to_pylist()
    assert (row["agents"], row["rostered"], row["occupancy"]) == (0, 0, None)
    assert (row["waiting_probability"], row["service_level"]) == (0, 1)


def test_unknown_arrivals_are_none_and_unknown_work_is_left_out() -> None:
    rows = staff(
        table(
            interval(queue="a", arrivals=None),
            interval(queue="b", handle_seconds=None),
            interval(queue="c", handle_seconds=0.0),
            interval(queue="d", handle_seconds=math.nan),
        ),
        **SETTINGS,
    ).to_pylist()
    assert [(row["queue"], row["arrivals"]) for row in rows] == [("a", 0)]


def test_an_occupancy_met_exactly_is_met() -> None:
    assert agents_needed(8.5 * (1 + 1e-15), 1, 1e6, goal=0, max_occupancy=0.85) == 10


def test_as_many_agents_as_load_are_never_enough() -> None:
    assert agents_needed(5, 1, 1, goal=0, max_occupancy=1) == 6


@given(st.permutations([interval(queue=queue, weekday=day, arrivals=9.5) for queue in "ba" for day in (7, 1)]))
def test_rows_come_sorted_whatever_order_they_went_in(rows: list[dict[str, Any]]) -> None:
    staffed = staff(table(*rows), **SETTINGS)
    assert [(row["queue"], row["weekday"]) for row in staffed.to_pylist()] == [("a", 1), ("a", 7), ("b", 1), ("b", 7)]
    assert staffed.equals(staff(table(*reversed(rows)), **SETTINGS))


def test_nothing_in_gives_all_columns_out() -> None:
    assert staff(table(), **SETTINGS).schema == STAFFING


def test_other_number_types_are_taken_too() -> None:
    narrow = pa.table({"queue": ["a"], "weekday": pa.array([1], pa.int32()), "interval_start": pa.array([0], pa.int32())})
    narrow = narrow.append_column("arrivals", pa.array([100], pa.decimal128(38, 0)))
    narrow = narrow.append_column("handle_seconds", pa.array([180], pa.int32()))
    assert staff(narrow, **SETTINGS)["agents"].to_pylist() == [14]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("shrinkage", 1.0),
        ("shrinkage", -0.1),
        ("service_level", 1.0),
        ("service_level", 80),
        ("max_occupancy", 0),
        ("max_occupancy", 1.01),
        ("interval_minutes", 0),
        ("answer_seconds", -1),
        ("answer_seconds", math.nan),
    ],
)
def test_an_impossible_setting_is_named_even_without_rows(setting: str, value: float) -> None:
    with pytest.raises(ValueError, match=rf"{setting} is {value}"):
        staff(table(), **SETTINGS | {setting: value})


def test_a_wrong_table_is_named() -> None:
    with pytest.raises(ValueError, match="support intervals: column handle_seconds is missing"):
        staff(table().drop_columns(["handle_seconds"]), **SETTINGS)
    with pytest.raises(ValueError, match="support intervals: two rows are named queue = calls"):
        staff(table(interval(), interval()), **SETTINGS)
    with pytest.raises(ValueError, match="may not be NULL"):
        staff(table(interval(queue=None)), **SETTINGS)
    with pytest.raises(ValueError, match="load is"):
        staff(table(interval(handle_seconds=1e12)), **SETTINGS)
