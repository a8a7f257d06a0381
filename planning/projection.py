"""What a period will bring: what is closed, the open deals at the win rates of their stages, and what usually comes on top.

The rule is tried on every earlier period as it stood on the same day of the period. Its errors make the interval, and where the
plain mean of earlier periods was nearer to what came, that is used instead and the method says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import quantiles

import pyarrow as pa

from planning.typed import Row, rows_of, table_of

_MONEY = pa.decimal128(18, 2)
_PERIOD: list[tuple[str, pa.DataType]] = [
    ("scope_type", pa.string()),
    ("scope_id", pa.string()),
    ("period_type", pa.string()),
    ("period_start", pa.date32()),
    ("period_end", pa.date32()),
    ("on_day", pa.date32()),
    ("closed_amount", _MONEY),
    ("open_amount", _MONEY),
    ("open_weighted_amount", _MONEY),
]
BASIS = pa.schema([*_PERIOD, ("day_kind", pa.string()), ("is_current", pa.bool_()), ("actual_amount", _MONEY)])
PROJECTION = pa.schema(
    [
        *_PERIOD,
        ("other_won_amount", _MONEY),
        ("mean", _MONEY),
        ("p10", _MONEY),
        ("p50", _MONEY),
        ("p90", _MONEY),
        ("periods_n", pa.int64()),
        ("backtest_wape", pa.float64()),
        ("baseline_wape", pa.float64()),
        ("method", pa.string()),
    ]
)
KEY = ("scope_type", "scope_id", "period_type", "period_start")
STAGE_RATE, MEAN_OF_PERIODS, CLOSED_ONLY = "stage_rate", "mean_of_periods", "closed_only"

# How many earlier periods are looked back on, and how many errors an interval needs.
REMEMBERED = 8
# A period of which next to nothing was expected says little about how far the next one may go beyond.
_MOST = 10.0


@dataclass(frozen=True)
class _Look:
    """A period on a day; `actual` is what it brought in the end, of an earlier one."""

    closed: Decimal
    weighted: Decimal
    actual: Decimal

    @property
    def came(self) -> Decimal:
        """What was won after the day."""
        return self.actual - self.closed


# What a rule expects to be won after the day of a look, knowing the looks before it (oldest first).
_Rule = Callable[[_Look, Sequence[_Look]], Decimal]


@dataclass(frozen=True)
class _Trial:
    """A rule tried on every earlier period: came / expected where something was expected, and WAPE over all of them."""

    ratios: list[float]
    wape: float | None


def project(basis: pa.Table) -> pa.Table:
    """Project every period that still runs or is next.

    expected = closed + open x stage rate + other, where other = the mean over the last 8 earlier periods, on the same day of
    the period, of (actual - closed - open x stage rate), at least 0: deals pulled in, created and won, less those that slipped.
    The quantiles are closed + (expected - closed) x the 10th, 50th and 90th percentile (linear between values, Hyndman & Fan
    1996, type 7) of came / expected after that day in earlier periods (0 to 10), so none lies below what is closed already.

    Args:
        basis: one row per scope, period_type, period and day_kind (which of the projected periods the row belongs to), as
            BASIS; amounts in money. `is_current` rows are projected; the others are earlier periods with their actual_amount.

    Returns:
        One row per row that is_current, as PROJECTION. p10, p50 and p90 are NULL below 8 errors (`periods_n`). backtest_wape
        is the sum of absolute errors / the sum of actuals (Kolassa & Schuetz 2007), baseline_wape that of the mean of the last
        8 periods; NULL without earlier periods or sales. method: stage_rate; mean_of_periods where that was nearer over at
        least 8 periods (other_won_amount is NULL then); closed_only where there is no earlier period.

    Raises:
        ValueError: a column is missing or two rows have one key.
    """
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows_of(basis, BASIS, ("scope_type", "scope_id", "period_type", "day_kind", "period_start"), "basis"):
        groups[row["scope_type"], row["scope_id"], row["period_type"], row["day_kind"]].append(row)
    projected = []
    for rows in groups.values():
        for now in (row for row in rows if row["is_current"]):
            before = [
                _look(row)
                for row in rows
                if not row["is_current"] and row["actual_amount"] is not None and row["period_start"] < now["period_start"]
            ]
            projected.append(_project(now, before))
    return table_of(projected, PROJECTION, KEY)


def _project(row: Row, before: Sequence[_Look]) -> Row:
    now = _look(row)
    by_stage, by_mean = _try(_stage_rate, before), _try(_mean_of_periods, before)
    is_worse = by_stage.wape is not None and by_mean.wape is not None and by_stage.wape > by_mean.wape
    use_mean = is_worse and len(before) > REMEMBERED
    trial, rule = (by_mean, _mean_of_periods) if use_mean else (by_stage, _stage_rate)
    expected = rule(now, before)
    low, middle, high = _interval(now.closed, expected, trial.ratios)
    other = None if use_mean else expected - now.weighted
    return {name: row[name] for name, _ in _PERIOD} | {
        "closed_amount": now.closed,
        "open_weighted_amount": now.weighted,
        "open_amount": row["open_amount"] or Decimal("0.00"),
        "other_won_amount": other,
        "mean": now.closed + expected,
        "p10": low,
        "p50": middle,
        "p90": high,
        "periods_n": len(trial.ratios),
        "backtest_wape": by_stage.wape,
        "baseline_wape": by_mean.wape,
        "method": MEAN_OF_PERIODS if use_mean else STAGE_RATE if before else CLOSED_ONLY,
    }


def _look(row: Row) -> _Look:
    nothing = Decimal("0.00")
    return _Look(row["closed_amount"] or nothing, row["open_weighted_amount"] or nothing, row["actual_amount"] or nothing)


def _stage_rate(now: _Look, before: Sequence[_Look]) -> Decimal:
    rests = [look.came - look.weighted for look in before[-REMEMBERED:]]
    return now.weighted + max(_mean(rests), Decimal("0.00"))


def _mean_of_periods(now: _Look, before: Sequence[_Look]) -> Decimal:
    return max(_mean([look.actual for look in before[-REMEMBERED:]]) - now.closed, Decimal("0.00"))


def _try(rule: _Rule, before: Sequence[_Look]) -> _Trial:
    ratios: list[float] = []
    missed = sold = Decimal(0)
    for place in range(1, len(before)):
        look = before[place]
        expected = rule(look, before[:place])
        missed += abs(look.came - expected)
        sold += look.actual
        if expected > 0:
            ratios.append(min(max(0.0, float(look.came / expected)), _MOST))
    return _Trial(ratios, float(missed / sold) if sold > 0 else None)


def _interval(closed: Decimal, expected: Decimal, ratios: Sequence[float]) -> tuple[Decimal | None, ...]:
    if len(ratios) < REMEMBERED:
        return None, None, None
    tenths = quantiles(ratios, n=10, method="inclusive")
    return tuple(closed + _cents(Fraction(expected) * Fraction(tenths[place])) for place in (0, 4, 8))


def _mean(amounts: Sequence[Decimal]) -> Decimal:
    return _cents(Fraction(sum(amounts, Decimal(0))) / len(amounts)) if amounts else Decimal("0.00")


def _cents(value: Fraction) -> Decimal:
    hundredths = Decimal(value.numerator * 100) / Decimal(value.denominator)
    return hundredths.quantize(Decimal(1), ROUND_HALF_UP) / 100
