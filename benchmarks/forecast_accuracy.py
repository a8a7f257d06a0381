"""Our forecasts against the seasonal naive, at the final origin, level by level: on the M3 series and on a company.

Run: SALESOPS_TEST_DATA=DIR python -m benchmarks.forecast_accuracy. Exit code 1 if a level's MASE is above the seasonal naive's.
`make bench` also measures the sample company. Beside ours on M3 stand the forecasts that Naive2 and Theta made in the
competition; OWA is against Naive2.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from planning.forecasting import HISTORY, forecast
from planning.models import BASELINE, scale_of, seasonal_naive
from planning.sales_capacity import months_after
from warehouse.clock import stopwatch
from warehouse.plan_parameters import ForecastParameters

DATA = "SALESOPS_TEST_DATA"
SEASONS = {"MONTHLY": 12, "QUARTERLY": 4}
HELD_OUT = {"MONTHLY": 6, "QUARTERLY": 4}
PUBLISHED = ("NAIVE2", "THETA")
TARGET = 1.0
_FIRST = dt.date(1950, 1, 1)
_SERIES = """
SELECT unique_id, split, list(y ORDER BY t) FROM read_parquet(?) WHERE unique_id IN
(SELECT unique_id FROM read_csv(?) WHERE period = ?) GROUP BY unique_id, split
"""
_PUBLISHED = "SELECT unique_id, list(NAIVE2 ORDER BY h), list(THETA ORDER BY h) FROM read_parquet(?) GROUP BY unique_id"

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """What was known, what came, and what the competition's methods said."""

    train: Values
    test: Values
    published: Mapping[str, Values]


@dataclass(frozen=True)
class Score:
    """Mean MASE and sMAPE (percent) over the series; OWA = the mean of both over those of Naive2 (Makridakis et al. 2020)."""

    mase: float
    smape: float
    owa: float


@dataclass(frozen=True)
class Accuracy:
    """One level: scores of ours, the seasonal naive and the published methods; coverage of p10 to p90, by steps ahead too."""

    series: int
    scores: Mapping[str, Score]
    coverage_80: float
    coverage_80_first: float
    coverage_80_last: float
    model_share: float
    seconds: float

    @property
    def ratio(self) -> float:
        """Our MASE over the seasonal naive's; the target is at most TARGET."""
        return self.scores["ours"].mase / self.scores[BASELINE].mase

    @property
    def is_met(self) -> bool:
        """Whether ours is not worse than the seasonal naive."""
        return self.ratio <= TARGET


def measure(data: Path, level: str, every: int = 1) -> Accuracy:
    """Forecast each `every`-th series of a level from its training part and compare with its test part.

    Args:
        data: the folder that holds `m3`.
        level: MONTHLY or QUARTERLY.
        every: 1 for all series.
    """
    season, series = SEASONS[level], read(data, level, every)
    horizon = len(next(iter(series.values())).test)
    # The functions count in months; only the season tells a quarter from a month.
    history = [
        {"series_id": name, "level": "total", "parent_id": None, "period_start": months_after(_FIRST, k), "value": value}
        for name, one in series.items()
        for k, value in enumerate(one.train)
    ]
    held_out = HELD_OUT[level]
    begun = stopwatch()
    made = forecast(
        pa.Table.from_pylist(history, schema=HISTORY),
        horizon=horizon,
        season=season,
        held_out=held_out,
        min_history=held_out + 2,
    )
    seconds = stopwatch() - begun
    used = [row for row in made.forecast.to_pylist() if row["is_used"]]
    said: dict[str, dict[str, Values]] = {name: {} for name in ("ours", BASELINE, *PUBLISHED)}
    inside = np.zeros((len(series), horizon))
    for place, (name, one) in enumerate(series.items()):
        rows = [row for row in used if row["series_id"] == name]
        said["ours"][name] = np.array([row["mean"] for row in rows])
        said[BASELINE][name] = seasonal_naive(one.train, horizon, season)
        for method, values in one.published.items():
            said[method][name] = values
        inside[place] = [row["p10"] <= came <= row["p90"] for row, came in zip(rows, one.test, strict=True)]
    return Accuracy(
        series=len(series),
        scores=scores_of(series, said, season),
        coverage_80=float(inside.mean()),
        coverage_80_first=float(inside[:, 0].mean()),
        coverage_80_last=float(inside[:, -1].mean()),
        model_share=len({row["series_id"] for row in used if row["model"] != BASELINE}) / len(series),
        seconds=seconds,
    )


def measure_company(build: Path, settings: ForecastParameters) -> dict[str, float]:
    """Our MASE over the seasonal naive's on a company's own series, by level; the months it holds out are the test.

    Args:
        build: the build file of a run.
        settings: forecast.yml; what is left after the test months takes the same settings, with as much history as there is.
    """
    with duckdb.connect(str(build), read_only=True) as connection:
        rows = (
            connection.execute("SELECT * FROM intermediate.int_forecast_history ORDER BY period_start")
            .to_arrow_table()
            .to_pylist()
        )
    held, season = settings.held_out_months, settings.season_months
    months = sorted({row["period_start"] for row in rows})
    known = [row for row in rows if row["period_start"] < months[-held]]
    made = forecast(
        pa.Table.from_pylist(known, schema=HISTORY),
        horizon=held,
        season=season,
        held_out=held,
        min_history=settings.min_history_months,
    )
    errors: dict[str, tuple[list[float], list[float]]] = {}
    for series_id in sorted({row["series_id"] for row in rows}):
        own = [row for row in rows if row["series_id"] == series_id]
        values = np.array([row["value"] for row in own], dtype=np.float64)
        said = [row["mean"] for row in made.forecast.to_pylist() if row["series_id"] == series_id and row["is_used"]]
        train, test = values[:-held], values[-held:]
        scale = scale_of(train, season)
        if said and scale:
            ours, naive = errors.setdefault(own[0]["level"], ([], []))
            ours.append(float(np.abs(test - np.array(said)).mean() / scale))
            naive.append(float(np.abs(test - seasonal_naive(train, held, season)).mean() / scale))
    return {level: float(np.mean(ours) / np.mean(naive)) for level, (ours, naive) in errors.items()}


def read(data: Path, level: str, every: int = 1) -> dict[str, Series]:
    """Each `every`-th series of a level, in the order of their names."""
    folder = data / "m3"
    with duckdb.connect() as connection:
        found = connection.execute(_SERIES, [str(folder / "series.parquet"), str(folder / "meta.csv"), level]).fetchall()
        forecasts = connection.execute(_PUBLISHED, [str(folder / "published_forecasts.parquet")]).fetchall()
    parts = {(name, part): np.array(values, dtype=np.float64) for name, part, values in found}
    published = {name: [np.array(values, dtype=np.float64) for values in methods] for name, *methods in forecasts}
    names = sorted({name for name, _ in parts})[::every]
    return {
        name: Series(parts[name, "train"], parts[name, "test"], dict(zip(PUBLISHED, published[name], strict=True)))
        for name in names
    }


def scores_of(series: Mapping[str, Series], said: Mapping[str, Mapping[str, Values]], season: int) -> dict[str, Score]:
    """The scores of each method's forecasts (method, then series); NAIVE2 must be one of them."""
    means = {}
    for method, forecasts in said.items():
        mase, smape = [], []
        for name, one in series.items():
            error = np.abs(one.test - forecasts[name])
            mase.append(error.mean() / scale_of(one.train, season))
            smape.append((200 * error / (np.abs(one.test) + np.abs(forecasts[name]))).mean())
        means[method] = (float(np.mean(mase)), float(np.mean(smape)))
    naive2_mase, naive2_smape = means["NAIVE2"]
    return {
        method: Score(mase, smape, (mase / naive2_mase + smape / naive2_smape) / 2) for method, (mase, smape) in means.items()
    }


def main() -> int:
    """Print a table a level; 1 if one is worse than the seasonal naive."""
    place = os.environ.get(DATA)
    if not place:
        print(f"{DATA} is not set; it must name the folder of real data that holds m3/", file=sys.stderr)
        return 1
    met = True
    for level in SEASONS:
        found = measure(Path(place), level)
        met &= found.is_met
        print(
            f"{level}: {found.series} series in {found.seconds:.1f} s; {found.model_share:.0%} by the model; "
            f"p10 to p90 held {found.coverage_80:.0%} (one step ahead {found.coverage_80_first:.0%}, at the last step "
            f"{found.coverage_80_last:.0%}); {'met' if found.is_met else 'MISSED'}"
        )
        for method, score in found.scores.items():
            print(f"  {method:<16} MASE {score.mase:.3f}   sMAPE {score.smape:6.2f}   OWA {score.owa:.3f}", flush=True)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
