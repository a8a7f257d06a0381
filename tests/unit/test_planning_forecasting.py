"""Forecasts: known answers of the baseline, the choice on held-out months, and laws that hold for any history."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.forecasting import BACKTEST, FORECAST, HISTORY, Forecast, forecast
from planning.models import predict, scale_of, seasonal_naive

Row = dict[str, Any]
FIRST = dt.date(2024, 1, 1)


def month(number: int) -> dt.date:
    return dt.date(FIRST.year + number // 12, number % 12 + 1, 1)


def history(series: Mapping[str, Sequence[float]], parents: dict[str, str] | None = None) -> pa.Table:
    rows = [
        {
            "series_id": name,
            "level": "segment" if (parents or {}).get(name) else "total",
            "parent_id": (parents or {}).get(name),
            "period_start": month(number),
            "value": float(value),
        }
        for name, values in series.items()
        for number, value in enumerate(values)
    ]
    return pa.Table.from_pylist(rows, schema=HISTORY)


def made(series: Mapping[str, Sequence[float]], parents: dict[str, str] | None = None, horizon: int = 3) -> Forecast:
    return forecast(history(series, parents), horizon=horizon, season=12, held_out=3, min_history=6)


def used(result: Forecast, series_id: str) -> list[Row]:
    rows = result.forecast.to_pylist()
    return [row for row in rows if row["series_id"] == series_id and row["is_used"]]


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """The statistics library is imported once, outside of the tests' time."""
    predict("dynamic_theta", numbers([1, 3, 2, 5, 4, 6]), 1, 12)


def numbers(values: Sequence[float]) -> Any:
    import numpy as np

    return np.array(values, dtype=np.float64)


def test_the_baseline_repeats_the_last_season() -> None:
    values = numbers([*range(12), *range(100, 112)])
    assert seasonal_naive(values, 14, 12).tolist() == [*range(100, 112), 100, 101]
    assert seasonal_naive(values[:5], 3, 12).tolist() == [4, 4, 4]


def test_the_scale_is_the_mean_step_from_season_to_season() -> None:
    assert scale_of(numbers([1, 5, 2, 9]), 2) == 2.5
    assert scale_of(numbers([1, 5, 2]), 12) == 3.5
    assert scale_of(numbers([4, 4, 4]), 12) == 4
    assert scale_of(numbers([0, 0]), 12) == 0


def test_a_trend_is_forecast_by_the_model_and_a_pure_season_by_the_baseline() -> None:
    season = [10, 40, 20, 90, 30, 70, 10, 60, 20, 80, 30, 50]
    result = made({"trend": [100 + 10 * k for k in range(24)], "season": season * 2})
    assert {row["model"] for row in used(result, "trend")} == {"dynamic_theta"}
    assert [row["mean"] for row in used(result, "trend")] == pytest.approx([340, 350, 360], rel=0.03)
    assert {row["model"] for row in used(result, "season")} == {"seasonal_naive"}
    assert [row["mean"] for row in used(result, "season")] == season[:3]


def test_the_backtest_forecasts_each_held_out_month_from_every_origin_before_it() -> None:
    # 12 months of 10, then 10, 10, 10, 16: from three origins the baseline says 10 for 3 + 2 + 1 months and misses 16 thrice.
    result = made({"late": [10] * 15 + [16]})
    (row,) = [r for r in result.backtest.to_pylist() if r["model"] == "seasonal_naive"]
    assert row["n"] == 6
    # Nothing moved in the months before: the scale is their mean, 10.
    assert row["mase"] == pytest.approx(3 * 6 / 6 / 10)
    assert row["smape"] == pytest.approx(3 * (2 * 6 / 26) / 6)


def test_coverage_is_judged_by_the_errors_of_other_months() -> None:
    # The surprise of the last month is in no interval that the other months make; their own months are.
    result = made({"late": [10] * 15 + [16]})
    (row,) = [r for r in result.backtest.to_pylist() if r["model"] == "seasonal_naive"]
    assert row["coverage_80"] == 3 / 6


def test_a_single_held_out_month_tells_no_coverage() -> None:
    result = forecast(history({"one": [1, 3, 2, 5, 4, 6]}), horizon=1, season=12, held_out=1, min_history=3)
    assert {row["coverage_80"] for row in result.backtest.to_pylist()} == {None}


def test_nothing_forecast_as_nothing_is_no_error() -> None:
    (row,) = [r for r in made({"none": [0] * 12}).backtest.to_pylist() if r["is_used"]]
    assert (row["model"], row["mase"], row["smape"]) == ("seasonal_naive", None, 0)


def test_a_series_that_began_in_the_held_out_months_is_uncertain() -> None:
    old = [100, 130, 90, 120, 80] * 4
    result = made({"new": [0] * 18 + [40, 60], "old": old, "mirrored": [200 - value for value in old]})
    assert all(row["p10"] < row["p90"] for row in used(result, "new"))
    assert {row["model"] for row in used(result, "new")} == {"seasonal_naive"}


def test_segments_that_together_do_worse_than_the_baseline_use_it() -> None:
    # Each segment alone is nearer by the model, but the errors of the baseline cancel in the total, which never changes.
    wave = [10, 40, 20, 90, 30, 70, 10, 60, 20, 80, 30, 50]
    up = [100 + 10 * k + wave[k % 12] for k in range(36)]
    down = [1000 - value for value in up]
    result = made({"up": up, "down": down, "all": [1000] * 36}, {"up": "all", "down": "all"})
    assert {row["model"] for name in ("up", "down") for row in used(result, name)} == {"seasonal_naive"}
    assert [row["mean"] for row in used(result, "all")] == pytest.approx([1000] * 3)
    alone = made({"up": up, "down": down})
    assert {row["model"] for name in ("up", "down") for row in used(alone, name)} == {"dynamic_theta"}


def test_a_total_is_the_sum_of_its_segments() -> None:
    parts = {"a": [100 + 10 * k for k in range(24)], "b": [500 - 7 * k for k in range(24)]}
    total = [a + b for a, b in zip(*parts.values(), strict=True)]
    result = made({**parts, "all": total}, {"a": "all", "b": "all"}, horizon=5)
    sums = [a["mean"] + b["mean"] for a, b in zip(used(result, "a"), used(result, "b"), strict=True)]
    assert [row["mean"] for row in used(result, "all")] == pytest.approx(sums)
    assert {row["model"] for row in used(result, "all")} == {"bottom_up"}


@pytest.mark.parametrize("known", [range(20, 24), range(21)], ids=["too short", "ended early"])
def test_a_total_is_forecast_by_itself_where_a_segment_has_no_forecast(known: range) -> None:
    parts = {"a": [100 + k for k in range(24)], "b": [50] * 24}
    total = [a + b for a, b in zip(*parts.values(), strict=True)]
    rows = history({**parts, "all": total}, {"a": "all", "b": "all"}).to_pylist()
    kept = [row for row in rows if row["series_id"] != "b" or row["period_start"] in {month(k) for k in known}]
    result = forecast(pa.Table.from_pylist(kept, schema=HISTORY), horizon=3, season=12, held_out=3, min_history=6)
    assert "bottom_up" not in {row["model"] for row in result.forecast.to_pylist()}
    assert all(row["mean"] > 160 for row in used(result, "all"))


@pytest.mark.parametrize(
    "values",
    [[7] * 20, [0] * 20, [0] * 10 + [5] + [0] * 9, [1, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3], [1e12 + k for k in range(20)]],
)
def test_odd_series_have_sober_forecasts(values: list[float]) -> None:
    rows = used(made({"odd": values}), "odd")
    assert len(rows) == 3
    for row in rows:
        assert all(math.isfinite(row[name]) for name in ("mean", "p10", "p50", "p90"))
        assert 0 <= row["p10"] <= row["p50"] <= row["p90"] <= 2 * max(values, default=0) + 1


def test_what_never_moved_is_forecast_to_stay_without_doubt() -> None:
    assert {(r["p10"], r["mean"], r["p90"]) for r in used(made({"same": [7] * 20}), "same")} == {(7, 7, 7)}


def test_short_series_have_no_forecast_and_nothing_has_the_right_type() -> None:
    result = made({"short": [1, 2, 3]})
    assert (result.forecast.num_rows, result.backtest.num_rows) == (0, 0)
    assert (result.forecast.schema, result.backtest.schema) == (FORECAST, BACKTEST)


def test_a_month_without_a_row_is_zero() -> None:
    table = history({"gap": [5, 0, 5, 0, 5, 0, 5, 0, 5, 0]})
    rows = [row for row in table.to_pylist() if row["value"] or row["period_start"] == month(9)]
    kept = pa.Table.from_pylist(rows, schema=HISTORY)
    settings_ = {"horizon": 2, "season": 12, "held_out": 3, "min_history": 6}
    assert forecast(kept, **settings_).forecast.equals(forecast(table, **settings_).forecast)


def test_impossible_settings_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="min_history is 4"):
        forecast(history({}), horizon=1, season=12, held_out=3, min_history=4)


_values = st.lists(st.floats(0, 1e6), min_size=6, max_size=30)


@settings(max_examples=10, deadline=None)
@given(_values, _values, st.floats(0.01, 1000), st.randoms())
def test_laws(first: list[float], second: list[float], factor: float, chance: random.Random) -> None:
    length = min(len(first), len(second))
    parts = {"a": first[:length], "b": second[:length]}
    series = {**parts, "all": [x + y for x, y in zip(*parts.values(), strict=True)]}
    parents = {"a": "all", "b": "all"}
    result = made(series, parents)
    for row in result.forecast.to_pylist():
        assert 0 <= row["p10"] <= row["p50"] <= row["p90"] < math.inf
    sums = [a["mean"] + b["mean"] for a, b in zip(used(result, "a"), used(result, "b"), strict=True)]
    assert [row["mean"] for row in used(result, "all")] == pytest.approx(sums, abs=1e-6)
    rows = history(series, parents).to_pylist()
    chance.shuffle(rows)
    shuffled = forecast(pa.Table.from_pylist(rows, schema=HISTORY), horizon=3, season=12, held_out=3, min_history=6)
    assert shuffled.forecast.equals(result.forecast)
    naive = [row["mean"] for row in result.forecast.to_pylist() if row["model"] == "seasonal_naive"]
    scaled = made({name: [value * factor for value in values] for name, values in series.items()}, parents)
    again = [row["mean"] for row in scaled.forecast.to_pylist() if row["model"] == "seasonal_naive"]
    assert again == pytest.approx([value * factor for value in naive])


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=6, max_size=40), st.integers(-8, 20))
def test_another_unit_changes_the_unit_alone(values: list[int], power: int) -> None:
    # A power of two, so that no rounding tips the choice between two models that are equally good.
    one, other = made({"a": values}), made({"a": [value * 2.0**power for value in values]})
    for before, after in zip(one.forecast.to_pylist(), other.forecast.to_pylist(), strict=True):
        for name in ("mean", "p10", "p50", "p90"):
            assert after[name] == pytest.approx(before[name] * 2.0**power, rel=1e-9)
        assert after["is_used"] == before["is_used"]
    assert other.backtest.equals(one.backtest)
