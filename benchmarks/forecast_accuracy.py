"""Our forecasts against the seasonal naive on the M3 competition's series, at the final origin, level by level.

Run: SALESOPS_TEST_DATA=DIR python -m benchmarks.forecast_accuracy. Exit code 1 if a level's MASE is above the seasonal naive's.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from planning.forecasting import HISTORY, forecast
from planning.models import scale_of, seasonal_naive
from planning.sales_capacity import months_after
from warehouse.clock import stopwatch

SEASONS = {"MONTHLY": 12, "QUARTERLY": 4}
HELD_OUT = {"MONTHLY": 6, "QUARTERLY": 4}
_FIRST = dt.date(1950, 1, 1)
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Accuracy:
    """One level: mean MASE and sMAPE (percent) of ours and of the baselines, OWA against the published Naive2, coverage."""

    level: str
    series: int
    mase: float
    naive_mase: float
    smape: float
    owa: float
    coverage_80: float
    model_share: float
    seconds: float


def measure(data: Path, level: str, every: int = 1) -> Accuracy:
    """Forecast each `every`-th series of a level from its training part and compare with its test part."""
    season, series = SEASONS[level], _series(data, level, every)
    # The functions count in months; only the season tells a quarter from a month.
    rows = [
        {"series_id": name, "level": "total", "parent_id": None, "period_start": months_after(_FIRST, k), "value": value}
        for name, (train, _) in series.items()
        for k, value in enumerate(train)
    ]
    begun = stopwatch()
    horizon = max(len(test) for _, test in series.values())
    made = forecast(
        pa.Table.from_pylist(rows, schema=HISTORY),
        horizon=horizon,
        season=season,
        held_out=HELD_OUT[level],
        min_history=HELD_OUT[level] + 2,
    ).forecast.to_pylist()
    seconds = stopwatch() - begun
    used = [row for row in made if row["is_used"]]
    ours, naive, smape, inside, chosen = [], [], [], [], set()
    for row in used:
        train, test = series[row["series_id"]]
        if row["horizon"] > len(test):
            continue
        actual, scale = test[row["horizon"] - 1], scale_of(train, season)
        baseline = seasonal_naive(train, row["horizon"], season)[-1]
        ours.append(abs(actual - row["mean"]) / scale)
        naive.append(abs(actual - baseline) / scale)
        smape.append(200 * abs(actual - row["mean"]) / (abs(actual) + abs(row["mean"])))
        inside.append(row["p10"] <= actual <= row["p90"])
        if row["model"] != "seasonal_naive":
            chosen.add(row["series_id"])
    reference = _naive2(data, level)
    mean_mase, mean_smape = float(np.mean(ours)), float(np.mean(smape))
    owa = (mean_mase / reference[1] + mean_smape / reference[0]) / 2
    return Accuracy(
        level, len(series), mean_mase, float(np.mean(naive)), mean_smape, owa, float(np.mean(inside)),
        len(chosen) / len(series), seconds,
    )  # fmt: skip


def _series(data: Path, level: str, every: int) -> dict[str, tuple[Values, Values]]:
    found: dict[str, tuple[Values, Values]] = {}
    with duckdb.connect() as connection:
        names = [
            row[0]
            for row in connection.execute(
                "SELECT unique_id FROM read_csv(?) WHERE period = ? ORDER BY unique_id", [str(data / "m3/meta.csv"), level]
            ).fetchall()
        ]
        for name in names[::every]:
            parts = []
            for part in ("train", "test"):
                values = connection.execute(
                    "SELECT y FROM read_parquet(?) WHERE unique_id = ? AND split = ? ORDER BY t",
                    [str(data / "m3/series.parquet"), name, part],
                ).fetchnumpy()["y"]
                parts.append(np.asarray(values, dtype=np.float64))
            found[name] = (parts[0], parts[1])
    return found


def _naive2(data: Path, level: str) -> tuple[float, float]:
    with duckdb.connect() as connection:
        row = connection.execute(
            "SELECT smape, mase FROM read_csv(?) WHERE period = ? AND method = 'NAIVE2'",
            [str(data / "m3/reference_scores.csv"), level],
        ).fetchone()
    if row is None:
        raise RuntimeError(f"no score of NAIVE2 for {level} in {data}")
    return float(row[0]), float(row[1])


def main() -> int:
    """Print one line a level; 1 if one is worse than the seasonal naive."""
    data = Path(os.environ["SALESOPS_TEST_DATA"])
    print("level      series   MASE  seasonal naive   sMAPE    OWA  coverage of 80 %  not naive  seconds")
    met = True
    for level in SEASONS:
        a = measure(data, level)
        met &= a.mase <= a.naive_mase
        print(
            f"{level:<10} {a.series:>6} {a.mase:>6.3f} {a.naive_mase:>15.3f} {a.smape:>7.2f} {a.owa:>6.3f} "
            f"{a.coverage_80:>17.2f} {a.model_share:>10.2f} {a.seconds:>8.1f}"
        )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
