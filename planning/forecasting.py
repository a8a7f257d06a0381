"""Monthly forecasts: a seasonal-naive baseline against one model, chosen series by series on held-out months; coherent totals.

Belongs here: who is forecast by what, and how sure that is. How each model forecasts is in planning/models.py.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

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

_Bounds = tuple[float, float]

_LOW, _HIGH = 0.1, 0.9
# Errors grow with the horizon more slowly than those of a random walk (0.5). Measured on M3: over its 18 months this has the
# lowest interval score (Gneiting & Raftery 2007) and a coverage that stays level from the second month on.
_GROWTH = 0.3


@dataclass(frozen=True)
class Forecast:
    """`forecast`: as FORECAST; `backtest`: as BACKTEST."""

    forecast: pa.Table
    backtest: pa.Table


class _Error(NamedTuple):
    """What was said of a held-out month from an origin `steps` months before it, and what came."""

    month: dt.date
    steps: int
    actual: float
    said: float


@dataclass
class _Trial:
    """One model on one series: forecasts ahead, and forecasts of the held-out months from each origin before them."""

    ahead: Values
    held: list[Values]


@dataclass
class _Series:
    """One series from its first month to the last complete one; `scale` is MASE's unit, `unit` that of the interval."""

    series_id: str
    parent_id: str | None
    last: dt.date
    values: Values
    scale: float
    unit: float
    trials: dict[str, _Trial] = field(default_factory=dict)
    used: str = BASELINE

    def errors(self, model: str) -> list[_Error]:
        """Every held-out month from every origin before it."""
        found = []
        for said in self.trials[model].held:
            came = self.values[-len(said) :]
            for place, (actual, value) in enumerate(zip(came, said, strict=True), start=1):
                found.append(_Error(months_after(self.last, place - len(said)), place, float(actual), float(value)))
        return found

    def mase(self, model: str) -> float | None:
        """Mean absolute error over the held-out months / the seasonal naive's in the months before; NULL without scale."""
        errors = self.errors(model)
        return float(np.mean([abs(e.actual - e.said) for e in errors])) / self.scale if self.scale > 0 else None


def forecast(history: pa.Table, *, horizon: int, season: int, held_out: int, min_history: int) -> Forecast:
    """Forecast every series, and say how well each model did on months that it did not know.

    Each of the last `held_out` months is forecast from every origin before it within that time (rolling origin, Tashman 2000).
    A model is used for a series only if its MASE there (Hyndman & Koehler 2006, scaled by the seasonal-naive error of the
    months before) is below the baseline's. A total with segments is their sum: its used rows are those of the model bottom_up,
    whose means are the sums of the segments' used means; should that do worse on the total than the seasonal naive, the whole
    family uses the baseline, whose sum is the baseline of the total.

    The interval is mean + q x scale x horizon^0.3, where q are the 10 % and 90 % quantiles of the held-out errors in that unit,
    pooled over all series (a single one has too few). That of a total is made of its own scale in the same way, not of its
    segments' bounds: their errors partly cancel. p50 is the mean: shifted by the median error it was further from what came.
    A series that never was negative is not forecast below 0. coverage_80 judges each held-out month by the interval that the
    errors of the other months make.

    Args:
        history: one row per series and complete month, as HISTORY; months without a row are 0. parent_id names the total that
            a segment is part of.
        horizon: months ahead.
        season: months of a season.
        held_out: months to choose the model on.
        min_history: series with fewer months get no forecast.

    Returns:
        One row per series, month ahead and model; one per series and model. smape is 0 to 2, a month of nothing that was
        forecast as nothing counting 0; coverage_80 is 0 to 1. mase is NULL for a series of zeros before the held-out months,
        coverage_80 with a single held-out month.

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
    pool = _Pool(known.values())
    rows = [row for one in known.values() for row in _ahead(one, pool)]
    tested = [_tested(one, model, pool) for one in known.values() for model in one.trials]
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
            unit = scale or scale_of(values, season)
            found[series_id] = _Series(series_id, rows[0]["parent_id"], last, values, scale, unit)
    return found


def _months_between(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _better(one: _Series) -> str:
    model, baseline = one.mase(MODEL), one.mase(BASELINE)
    return MODEL if model is not None and baseline is not None and model < baseline else BASELINE


def _families(known: Iterable[_Series]) -> dict[str, list[_Series]]:
    """Each total whose segments add up to it in the held-out months, with them: a segment without a forecast is missed."""
    by_id = {one.series_id: one for one in known}
    families: dict[str, list[_Series]] = defaultdict(list)
    for one in by_id.values():
        if one.parent_id in by_id and one.last == by_id[one.parent_id].last:
            families[one.parent_id].append(one)
    return {total: parts for total, parts in families.items() if _is_whole(by_id[total], parts)}


def _is_whole(total: _Series, parts: Sequence[_Series]) -> bool:
    months = len(total.trials[BASELINE].held)
    added = np.sum([part.values[-months:] for part in parts], axis=0)
    return bool(np.allclose(added, total.values[-months:], rtol=1e-6, atol=1e-6 * float(np.abs(total.values).max())))


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


class _Pool:
    """The scaled held-out errors of all series: those of the models in use, and those of the baseline."""

    def __init__(self, known: Iterable[_Series]) -> None:
        self._errors: dict[bool, tuple[Values, NDArray[np.datetime64]]] = {}
        self._quantiles: dict[tuple[bool, dt.date | None], _Bounds | None] = {}
        scaled = [one for one in known if one.scale > 0]
        for is_baseline in (True, False):
            made = [(one, error) for one in scaled for error in one.errors(BASELINE if is_baseline else one.used)]
            errors = [(e.actual - e.said) / (one.scale * e.steps**_GROWTH) for one, e in made]
            months = np.array([e.month for _, e in made], dtype="datetime64[D]")
            self._errors[is_baseline] = (np.array(errors, dtype=np.float64), months)

    def bounds(self, one: _Series, model: str, mean: float, steps: int, without: dt.date | None = None) -> _Bounds | None:
        """p10 and p90 of a forecast, by the errors of all held-out months or all but one; None where that leaves none."""
        quantiles = self._quantiles_of(model == BASELINE, without)
        if quantiles is None:
            return None
        low, high = (quantile * one.unit * steps**_GROWTH for quantile in quantiles)
        floor = 0.0 if one.values.min() >= 0 else -np.inf
        return max(floor, mean + low), mean + high

    def _quantiles_of(self, is_baseline: bool, without: dt.date | None) -> _Bounds | None:
        key = (is_baseline, without)
        if key not in self._quantiles:
            errors, months = self._errors[is_baseline]
            kept = errors if without is None else errors[months != np.datetime64(without)]
            found = None
            if len(kept):
                low, high = np.quantile(kept, [_LOW, _HIGH])
                found = (min(float(low), 0.0), max(float(high), 0.0))
            self._quantiles[key] = found
        return self._quantiles[key]


def _ahead(one: _Series, pool: _Pool) -> Iterable[Row]:
    for model, trial in one.trials.items():
        for steps, value in enumerate(trial.ahead, start=1):
            mean = float(value)
            # Without any error to go by, as with nothing but zeros, the forecast is all that is known.
            low, high = pool.bounds(one, model, mean, steps) or (mean, mean)
            yield {
                "series_id": one.series_id,
                "origin": one.last,
                "horizon": steps,
                "period_start": months_after(one.last, steps),
                "model": model,
                "is_used": model == one.used,
                "mean": mean,
                "p10": low,
                "p50": mean,
                "p90": high,
            }


def _tested(one: _Series, model: str, pool: _Pool) -> Row:
    errors = one.errors(model)
    sizes = [abs(e.actual) + abs(e.said) for e in errors]
    relative = [2 * abs(e.actual - e.said) / size if size else 0.0 for e, size in zip(errors, sizes, strict=True)]
    inside = []
    for e in errors:
        bounds = pool.bounds(one, model, e.said, e.steps, without=e.month)
        if bounds is not None:
            inside.append(bounds[0] <= e.actual <= bounds[1])
    return {
        "series_id": one.series_id,
        "model": model,
        "is_used": model == one.used,
        "n": len(errors),
        "mase": one.mase(model),
        "smape": float(np.mean(relative)),
        "coverage_80": float(np.mean(inside)) if inside else None,
    }
