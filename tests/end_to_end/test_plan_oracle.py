"""Every number of the loop's tables, demand to decision, equals a recomputation from the exported files alone."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.oracle import FROM_FORECAST, PLAN, Oracle
from tests.end_to_end.oracle_compare import Served, differences, report, without_label
from tests.end_to_end.oracle_decisions import decision
from tests.end_to_end.oracle_forecast import BASELINE, Baseline, broken_laws
from tests.end_to_end.oracle_series import series_values
from tests.end_to_end.oracle_support import staffing
from tests.end_to_end.oracle_values import Row

if TYPE_CHECKING:
    from tests.end_to_end.conftest import SampleRun

TABLES = (*PLAN, *FROM_FORECAST, "demand.demand_forecast", "demand.forecast_backtest", "plan.decision")


@pytest.fixture(scope="module")
def baseline(oracle: Oracle) -> Baseline:
    return Baseline(oracle.inputs, oracle.deals)


@pytest.mark.parametrize("table", PLAN)
def test_published_table_equals_the_recomputation(table: str, oracle: Oracle, served: Served) -> None:
    found = differences(without_label(table, served.mart(table)), oracle.mart(table), PLAN[table].key)
    assert not found, report(table, found)


@pytest.mark.parametrize("table", FROM_FORECAST)
def test_what_follows_from_the_published_forecast_equals_the_recomputation(table: str, oracle: Oracle, served: Served) -> None:
    expected = oracle.gap(served) if table == "plan.gap" else oracle.lever(served)
    found = differences(served.mart(table), expected, FROM_FORECAST[table])
    assert not found, report(table, found)


def test_the_seasonal_naive_forecast_equals_the_recomputation(served: Served, baseline: Baseline) -> None:
    expected = baseline.forecast()
    published = [
        {column: row[column] for column in expected[0]}
        for row in served.mart("demand.demand_forecast")
        if row["model"] == BASELINE
    ]
    found = differences(published, expected, ("series_id", "horizon"))
    assert not found, report("demand.demand_forecast", found)


def test_the_baselines_errors_on_the_months_held_out_equal_the_recomputation(served: Served, baseline: Baseline) -> None:
    expected = baseline.backtest()
    published = [
        {column: row[column] for column in expected[0]}
        for row in served.mart("demand.forecast_backtest")
        if row["model"] == BASELINE
    ]
    found = differences(published, expected, ("series_id",))
    assert not found, report("demand.forecast_backtest", found)


def test_the_forecast_keeps_its_laws(oracle: Oracle, served: Served) -> None:
    series = {each.key: each for each in series_values(oracle.inputs, oracle.deals)}
    forecast, backtest = served.mart("demand.demand_forecast"), served.mart("demand.forecast_backtest")
    assert {row["model"] for row in backtest} > {BASELINE}
    assert not broken_laws(forecast, backtest, series)


def test_the_plan_is_a_draft_until_somebody_submits_it(sample_run: SampleRun, oracle: Oracle, served: Served) -> None:
    (draft,) = served.mart("plan.decision")
    (expected,) = decision(sample_run.home.ledger, draft["plan_hash"], oracle.inputs.as_of)
    assert len(draft["plan_hash"]) == 64
    found = differences([without_key(draft)], [without_key(expected)], ("plan_hash",))
    assert not found, report("plan.decision", found)


def without_key(row: Row) -> Row:
    return {column: value for column, value in row.items() if column not in ("decision_event_id", "decision_id")}


@pytest.mark.parametrize("table", TABLES)
def test_published_table_has_rows_and_one_single_column_key(table: str, served: Served) -> None:
    keys = served.keys(table)
    assert keys
    assert None not in keys
    assert len(set(keys)) == len(keys)


def test_series_have_names_of_their_own(served: Served) -> None:
    names = [row["series_name"] for row in served.mart("demand.dim_series")]
    assert all(names)
    assert len(set(names)) == len(names)


def test_the_sample_company_exercises_what_the_oracle_checks(oracle: Oracle, served: Served) -> None:
    """Agreement on tables where nothing happens would prove little."""
    leads, scores = oracle.mart("kpi.lead_funnel"), oracle.mart("demand.lead_score")
    assert {row["is_mature"] for row in leads} == {True, False}
    assert any(row["won"] for row in leads)
    assert any(row["events"] for row in scores)
    assert any(row["drag_1"] for row in scores)
    assert {row["tier"] for row in oracle.mart("kpi.icp_segment")} == {"A", "B", "C"}
    assert {row["level"] for row in oracle.mart("demand.dim_series")} == {"total", "segment", "item"}
    projected = oracle.mart("demand.period_projection")
    assert any(row["open_weighted_amount"] for row in projected)
    assert any(row["p_target"] is not None for row in projected)
    assert any(row["p10"] is None for row in projected)
    assert any(deal.record["CurrencyIsoCode"] != "USD" and deal.amount for deal in oracle.deals)
    assert {row["scope_type"] for row in oracle.mart("core.target")} == {"rep", "company", "segment"}
    assert any(row["hires"] for row in oracle.mart("capacity.hiring_need"))
    stock = oracle.mart("capacity.inventory_policy")
    assert {row["is_lumpy"] for row in stock} == {True, False}
    assert {row["reason"] for row in oracle.mart("plan.rep_assignment")} >= {"owner left"}
    assert any(row["next_hire"] for row in oracle.mart("plan.team_structure"))
    assert any(row["gap_amount"] for row in oracle.gap(served))


def changed(row: Row, column: str) -> Row:
    """The row with another value in one column."""
    value = row[column]
    other = copy.copy(row)
    if isinstance(value, bool):
        other[column] = not value
    elif isinstance(value, Decimal):
        other[column] = value + Decimal("0.01")
    elif isinstance(value, int):
        other[column] = value + 1
    elif isinstance(value, float):
        other[column] = value * 1.000001 + 1e-6
    elif isinstance(value, date):
        other[column] = value + timedelta(days=1)
    else:
        other[column] = f"{value}x" if value is not None else 0
    return other


@pytest.mark.parametrize("table", PLAN)
def test_a_changed_value_a_missing_row_and_a_surplus_row_are_noticed(table: str, oracle: Oracle) -> None:
    rows, key = oracle.mart(table), PLAN[table].key
    assert not differences(rows, rows, key)
    for column in rows[0]:
        place = next((at for at, row in enumerate(rows) if row[column] is not None), 0)
        assert differences([*rows[:place], changed(rows[place], column), *rows[place + 1 :]], rows, key), column
        emptied = {**rows[place], column: None} if rows[place][column] is not None else rows[place]
        if emptied != rows[place]:
            assert differences([*rows[:place], emptied, *rows[place + 1 :]], rows, key), column
    assert "row missing" in differences(rows[1:], rows, key)[0]
    assert "row not expected" in differences(rows, rows[1:], key)[0]


def _swap(row: Row) -> Row:
    return {**row, "p10": row["p90"], "p90": row["p10"]}


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (_swap, "out of order"),
        (lambda row: {**row, "mean": -1.0}, "below zero"),
        (lambda row: {**row, "is_used": not row["is_used"]}, "model in use"),
        (lambda row: {**row, "mean": row["mean"] * 1.001}, "segments"),
    ],
)
def test_a_forecast_that_breaks_a_law_is_noticed(
    oracle: Oracle, served: Served, broken: Callable[[Row], Row], says: str
) -> None:
    series = {each.key: each for each in series_values(oracle.inputs, oracle.deals)}
    forecast, backtest = served.mart("demand.demand_forecast"), served.mart("demand.forecast_backtest")
    place = next(
        at
        for at, row in enumerate(forecast)
        if row["is_used"] and series[row["series_id"]].level == "total" and row["p10"] < row["p90"]
    )
    some = [*forecast[:place], broken(forecast[place]), *forecast[place + 1 :]]
    assert any(says in line for line in broken_laws(some, backtest, series))


def test_a_total_in_use_that_is_worse_than_its_baseline_is_noticed(oracle: Oracle, served: Served) -> None:
    series = {each.key: each for each in series_values(oracle.inputs, oracle.deals)}
    forecast = served.mart("demand.demand_forecast")
    backtest = [
        {**row, "mase": row["mase"] * 2} if row["is_used"] and series[row["series_id"]].level == "total" else row
        for row in served.mart("demand.forecast_backtest")
    ]
    assert any("worse than the baseline" in line for line in broken_laws(forecast, backtest, series))


def test_the_staffing_of_the_recomputation_is_the_textbooks() -> None:
    """100 calls in half an hour, 180 s each, 80 % within 20 s: the worked example of many a textbook."""
    setting = {
        "interval_minutes": 30,
        "answer_seconds": 20,
        "service_level": 0.8,
        "max_occupancy": 0.85,
        "shrinkage": 0.3,
    }
    row = staffing(Fraction(100), 180.0, setting)
    assert (row["offered_load"], row["agents"], row["rostered"]) == (10.0, 14, 20)
    assert round(row["service_level"], 3) == 0.888
    assert round(row["waiting_probability"], 3) == 0.174
