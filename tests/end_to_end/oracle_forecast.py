"""What holds of demand.demand_forecast and demand.forecast_backtest whatever the model: baseline, its errors, laws."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from math import isclose

from tests.end_to_end.oracle_compare import Served
from tests.end_to_end.oracle_inputs import Inputs
from tests.end_to_end.oracle_sales import Deal
from tests.end_to_end.oracle_series import Series, first_month, history, series_values
from tests.end_to_end.oracle_values import Row, add_months, month_end, months_between

MEASURES = ("sql", "revenue")
BASELINE = "seasonal_naive"


def seasonal_naive(values: Sequence[float], season: int, horizon: int) -> list[float]:
    """The last season again and again; the last value where there is no whole season."""
    if len(values) < season:
        return [values[-1]] * horizon
    return [values[len(values) - season + step % season] for step in range(horizon)]


class Baseline:
    """The seasonal-naive forecast of every series that is long enough, and its errors on the months held out."""

    def __init__(self, inputs: Inputs, deals: list[Deal]) -> None:
        setting = inputs.business.forecast
        self.horizon = int(setting["horizon_months"])
        self.season, self.held_out = int(setting["season_months"]), int(setting["held_out_months"])
        self.histories = {
            series: values
            for series, by_month in series_values(inputs, deals).items()
            if series.measure in MEASURES
            and len(values := history(inputs, deals, series, by_month)) >= int(setting["min_history_months"])
        }
        complete = [at for at in months_between(first_month(inputs, deals), inputs.as_of) if month_end(at) <= inputs.as_of]
        self.origin: date = complete[-1]

    def forecast(self) -> list[Row]:
        """Mean by series and horizon."""
        return [
            {
                "series_id": series.key,
                "origin": self.origin,
                "horizon": step,
                "period_start": add_months(self.origin, step),
                "model": BASELINE,
                "mean": mean,
            }
            for series, values in self.histories.items()
            for step, mean in enumerate(seasonal_naive(values, self.season, self.horizon), 1)
        ]

    def backtest(self) -> list[Row]:
        """n, MASE and sMAPE by series over the months held out, each forecast from every origin among them before it."""
        rows = []
        for series, values in self.histories.items():
            origins = range(len(values) - self.held_out, len(values))
            pairs = [
                pair
                for at in origins
                for pair in zip(values[at:], seasonal_naive(values[:at], self.season, len(values) - at), strict=True)
            ]
            train = values[: len(values) - self.held_out]
            scale = _unit(train, self.season)
            error = sum(abs(actual - said) for actual, said in pairs) / len(pairs)
            shares = [2 * abs(a - said) / (abs(a) + abs(said)) if a or said else 0.0 for a, said in pairs]
            rows.append(
                {
                    "series_id": series.key,
                    "model": BASELINE,
                    "n": len(pairs),
                    "mase": error / scale if scale else None,
                    "smape": sum(shares) / len(shares),
                }
            )
        return rows


def _unit(train: Sequence[float], season: int) -> float:
    """The error of the seasonal naive; that of the naive where nothing can be or was different; else the mean."""
    for lag in (season, 1):
        steps = [abs(train[at] - train[at - lag]) for at in range(lag, len(train))]
        if any(steps):
            return sum(steps) / len(steps)
    return sum(abs(value) for value in train) / len(train)


def by_segment_and_month(served: Served) -> dict[tuple[str, date], Row]:
    """The published forecast of revenue that is in use, by segment and month."""
    series = {row["series_id"]: row for row in served.mart("demand.dim_series")}
    return {
        (series[row["series_id"]]["segment_id"], row["period_start"]): row
        for row in served.mart("demand.demand_forecast")
        if row["is_used"]
        and series[row["series_id"]]["measure"] == "revenue"
        and series[row["series_id"]]["level"] == "segment"
    }


def broken_laws(forecast: list[Row], backtest: list[Row], series: dict[str, Series]) -> list[str]:
    """What a forecast must keep whatever its model: order of quantiles, one model in use, the choice, coherence."""
    found = []
    used: dict[tuple[str, int], Row] = {}
    for row in forecast:
        at = f"{series[row['series_id']]} {row['model']} {row['horizon']}"
        quantiles = [row["p10"], row["p50"], row["p90"]]
        if None not in quantiles and quantiles != sorted(quantiles):
            found.append(f"{at}: quantiles out of order")
        if any(value is not None and value < 0 for value in (*quantiles, row["mean"])):
            found.append(f"{at}: below zero")
        if row["is_used"]:
            if (row["series_id"], row["horizon"]) in used:
                found.append(f"{at}: a second model in use")
            used[row["series_id"], row["horizon"]] = row
    for row in forecast:
        if (row["series_id"], row["horizon"]) not in used:
            found.append(f"{series[row['series_id']]} {row['horizon']}: no model in use")
    return found + _choice(forecast, backtest, series) + _totals(backtest, series) + _coherence(used, series)


def _choice(forecast: list[Row], backtest: list[Row], series: dict[str, Series]) -> list[str]:
    """The model is used where it beats the baseline on the months held out, unless the segments' sum does worse there."""
    found = []
    tested: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in backtest:
        tested[row["series_id"]][row["model"]] = row
    in_use = {(row["series_id"], row["model"]) for row in forecast if row["is_used"]}
    for series_id, models in tested.items():
        if series[series_id].level == "total" or BASELINE not in models:
            continue
        base = models[BASELINE]["mase"]
        better = [m for m, row in models.items() if m != BASELINE and None not in (row["mase"], base) and row["mase"] < base]
        expected = min(better, key=lambda model: models[model]["mase"]) if better else BASELINE
        if expected != BASELINE and all(row["is_used"] == (model == BASELINE) for model, row in models.items()):
            # Given back to the baseline with its whole family: allowed where none of the family uses a model.
            family = [i for i in tested if series[i].measure == series[series_id].measure and series[i].level == "segment"]
            if all(tested[i][BASELINE]["is_used"] for i in family):
                continue
        for model, row in models.items():
            if row["is_used"] != (model == expected) or row["is_used"] != ((series_id, model) in in_use):
                found.append(f"{series[series_id]}: {model} is_used {row['is_used']}, expected {expected}")
    return found


def _totals(backtest: list[Row], series: dict[str, Series]) -> list[str]:
    """A total is never worse than its baseline on the months held out; it is the baseline where no segment uses a model."""
    of_model = {(row["series_id"], row["model"]): row for row in backtest}
    modelled = {
        series[row["series_id"]].measure
        for row in backtest
        if row["is_used"] and row["model"] != BASELINE and series[row["series_id"]].level == "segment"
    }
    found = []
    for row in backtest:
        total, base = series[row["series_id"]], of_model[row["series_id"], BASELINE]["mase"]
        if total.level != "total" or not row["is_used"] or None in (row["mase"], base):
            continue
        if row["mase"] > base * (1 + 1e-9):
            found.append(f"{total}: MASE {row['mase']} is worse than the baseline's {base}")
        elif total.measure not in modelled and not isclose(row["mase"], base, rel_tol=1e-9):
            found.append(f"{total}: MASE {row['mase']}, but its segments use the baseline, whose MASE is {base}")
    return found


def _coherence(used: dict[tuple[str, int], Row], series: dict[str, Series]) -> list[str]:
    """A total is the sum of its segments."""
    sums: dict[tuple[str, int], float] = defaultdict(float)
    for (series_id, step), row in used.items():
        if series[series_id].level == "segment":
            sums[series[series_id].measure, step] += row["mean"]
    return [
        f"{series[series_id]} {step}: total {row['mean']}, segments {sums[series[series_id].measure, step]}"
        for (series_id, step), row in used.items()
        if series[series_id].level == "total"
        and not isclose(row["mean"], sums[series[series_id].measure, step], rel_tol=1e-9, abs_tol=1e-9)
    ]
