"""Monthly forecasts: a seasonal-naive baseline against one model, chosen series by series on held-out months; coherent totals.

Belongs here: who is forecast by what, and how sure that is. How each model forecasts is in planning/models.py.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from planning.models import BASELINE, BOTTOM_UP, MODEL, Values, predict, scale_of
from planning.sales_capacity import months_after
from planning.settings import check_range
from planning.typed import Row, rows_of, table_of

HISTORY = pa.schema(
    [
        ("series_id", pa.string()),
        ("level", pa.string()),
        ("parent_id", pa.string()),
        ("period_start", pa.date32()),
        ("value", pa.float64()),
    ]
)
FORECAST = pa.schema(
    [
        ("series_id", pa.string()),
        ("origin", pa.date32()),
        ("horizon", pa.int64()),
        ("period_start", pa.date32()),
        ("model", pa.string()),
        ("is_used", pa.bool_()),
        ("mean", pa.float64()),
        ("p10", pa.float64()),
        ("p50", pa.float64()),
        ("p90", pa.float64()),
    ]
)
BACKTEST = pa.schema(
    [
        ("series_id", pa.string()),
        ("model", pa.string()),
        ("is_used", pa.bool_()),
        ("n", pa.int64()),
        ("mase", pa.float64()),
        ("smape", pa.float64()),
        ("coverage_80", pa.float64()),
    ]
)

_LOW, _HIGH = 0.1, 0.9
# Errors grow with the horizon more slowly than those of a random walk (0.5): measured on M3, where this keeps the coverage of
# 12 and 18 months near that of one.
_GROWTH = 0.3


@dataclass(frozen=True)
class Forecast:
    """`forecast`: as FORECAST; `backtest`: as BACKTEST."""

    forecast: pa.Table
    backtest: pa.Table


@dataclass
class _Trial:
    """One model on one series: forecasts ahead, and forecasts of the held-out months from each origin before them."""

    ahead: Values
    held: list[Values]


@dataclass
class _Series:
    """One series from its first month to the last complete one."""

    series_id: str
    parent_id: str | None
    last: dt.date
    values: Values
    scale: float
    trials: dict[str, _Trial] = field(default_factory=dict)
    used: str = BASELINE

    def errors(self, model: str) -> list[tuple[int, float, float]]:
        """(horizon, actual, forecast) of every held-out month from every origin."""
        found = []
        for values in self.trials[model].held:
            actual = self.values[len(self.values) - len(values) :]
            found += [(h, float(a), float(f)) for h, (a, f) in enumerate(zip(actual, values, strict=True), start=1)]
        return found

    def mase(self, model: str) -> float | None:
        """Mean absolute error over the held-out months / the seasonal naive's in the months before; NULL without scale."""
        errors = self.errors(model)
        return float(np.mean([abs(a - f) for _, a, f in errors])) / self.scale if self.scale > 0 else None


def forecast(history: pa.Table, *, horizon: int, season: int, held_out: int, min_history: int) -> Forecast:
    """Forecast every series, and say how well each model did on months that it did not know.

    Each of the last `held_out` months is forecast from every origin before it within that time (rolling origin, Tashman 2000).
    A model is used for a series only if its MASE there (Hyndman & Koehler 2006, scaled by the seasonal-naive error of the
    months before) is below the baseline's. A total with segments is their sum: its used rows are those of the model bottom_up,
    whose means are the sums of the segments' used means; should that do worse on the total than the seasonal naive, the whole
    family uses the baseline, whose sum is the baseline of the total.

    The interval is mean + q x scale x horizon^0.3, where q are the 10 % and 90 % quantiles of the held-out errors in that unit,
    pooled over all series (a single one has too few). p50 is the mean: shifted by the median error it was further from what
    came. A series that never was negative is not forecast below 0.

    Args:
        history: one row per series and complete month, as HISTORY; months without a row are 0. parent_id names the total that
            a segment is part of.
        horizon: months ahead.
        season: months of a season.
        held_out: months to choose the model on.
        min_history: series with fewer months get no forecast.

    Returns:
        One row per series, month ahead and model; one per series and model. mase and smape (0 to 2) are NULL where they would
        divide by nothing.

    Raises:
        ValueError: a setting is impossible, a column is missing, or a month occurs twice in a series.
    """
    check_range("horizon", horizon, 1)
    check_range("season", season, 2)
    check_range("held_out", held_out, 1)
    check_range("min_history", min_history, held_out + 2)
    known = _series(history, held_out, season, min_history)
    for one in known.values():
        for model in (BASELINE, MODEL):
            held = [predict(model, one.values[:-left], left, season) for left in range(held_out, 0, -1)]
            one.trials[model] = _Trial(predict(model, one.values, horizon, season), held)
        one.used = _better(one)
    for total, parts in _families(known.values()).items():
        _add_up(known[total], parts)
    spread = _spread(known.values())
    rows = [row for one in known.values() for row in _ahead(one, spread)]
    tested = [_tested(one, model, spread) for one in known.values() for model in one.trials]
    return Forecast(
        table_of(rows, FORECAST, ("series_id", "origin", "horizon", "model")),
        table_of(tested, BACKTEST, ("series_id", "model")),
    )


def _series(history: pa.Table, held_out: int, season: int, min_history: int) -> dict[str, _Series]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(history, HISTORY, ("series_id", "period_start"), "history"):
        grouped[row["series_id"]].append(row)
    found = {}
    for series_id, rows in grouped.items():
        first, last = rows[0]["period_start"], rows[-1]["period_start"]
        values = np.zeros(_months_between(first, last) + 1)
        for row in rows:
            values[_months_between(first, row["period_start"])] = row["value"] or 0.0
        if len(values) >= min_history:
            scale = scale_of(values[:-held_out], season)
            found[series_id] = _Series(series_id, rows[0]["parent_id"], last, values, scale)
    return found


def _months_between(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _better(one: _Series) -> str:
    model, baseline = one.mase(MODEL), one.mase(BASELINE)
    return MODEL if model is not None and baseline is not None and model < baseline else BASELINE


def _families(known: Iterable[_Series]) -> dict[str, list[_Series]]:
    """Each total that has segments of the same months, with them."""
    by_id = {one.series_id: one for one in known}
    families: dict[str, list[_Series]] = defaultdict(list)
    for one in by_id.values():
        if one.parent_id in by_id and one.last == by_id[one.parent_id].last:
            families[one.parent_id].append(one)
    return families


def _add_up(total: _Series, parts: Sequence[_Series]) -> None:
    total.trials[BOTTOM_UP] = _sum([one.trials[one.used] for one in parts])
    total.used = BOTTOM_UP
    ours, baseline = total.mase(BOTTOM_UP), total.mase(BASELINE)
    if ours is not None and baseline is not None and ours > baseline:
        for one in parts:
            one.used = BASELINE
        total.trials[BOTTOM_UP] = _sum([one.trials[BASELINE] for one in parts])


def _sum(trials: Sequence[_Trial]) -> _Trial:
    ahead = np.sum([trial.ahead for trial in trials], axis=0)
    held = [np.sum(values, axis=0) for values in zip(*(trial.held for trial in trials), strict=True)]
    return _Trial(ahead, held)


def _spread(known: Iterable[_Series]) -> Mapping[bool, tuple[float, float]]:
    """The quantiles of the scaled held-out errors of the used models, and those of the baseline: (low <= 0, high >= 0)."""
    errors: dict[bool, list[float]] = {True: [], False: []}
    for one in known:
        for is_baseline in (True, False):
            model = BASELINE if is_baseline else one.used
            if one.scale > 0:
                errors[is_baseline] += [(a - f) / (one.scale * h**_GROWTH) for h, a, f in one.errors(model)]
    spread = {}
    for is_baseline, found in errors.items():
        low, high = np.quantile(found, [_LOW, _HIGH]) if found else (0.0, 0.0)
        spread[is_baseline] = (min(float(low), 0.0), max(float(high), 0.0))
    return spread


def _bounds(one: _Series, model: str, mean: float, h: int, spread: Mapping[bool, tuple[float, float]]) -> tuple[float, float]:
    low, high = (q * one.scale * h**_GROWTH for q in spread[model == BASELINE])
    floor = 0.0 if one.values.min() >= 0 else -np.inf
    return max(floor, mean + low), mean + high


def _ahead(one: _Series, spread: Mapping[bool, tuple[float, float]]) -> Iterable[Row]:
    for model, trial in one.trials.items():
        for h, value in enumerate(trial.ahead, start=1):
            mean = float(value)
            low, high = _bounds(one, model, mean, h, spread)
            yield {
                "series_id": one.series_id,
                "origin": one.last,
                "horizon": h,
                "period_start": months_after(one.last, h),
                "model": model,
                "is_used": model == one.used,
                "mean": mean,
                "p10": low,
                "p50": mean,
                "p90": high,
            }


def _tested(one: _Series, model: str, spread: Mapping[bool, tuple[float, float]]) -> Row:
    errors = one.errors(model)
    relative = [2 * abs(a - f) / (abs(a) + abs(f)) for _, a, f in errors if abs(a) + abs(f) > 0]
    inside = []
    for h, actual, mean in errors:
        low, high = _bounds(one, model, mean, h, spread)
        inside.append(low <= actual <= high)
    return {
        "series_id": one.series_id,
        "model": model,
        "is_used": model == one.used,
        "n": len(errors),
        "mase": one.mase(model),
        "smape": float(np.mean(relative)) if relative else None,
        "coverage_80": float(np.mean(inside)),
    }
