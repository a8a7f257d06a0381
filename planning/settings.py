"""Which settings of a planning function are possible; an impossible one is refused by its name before anything is computed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence


def check_range(
    name: str, value: float, low: float, high: float = math.inf, *, open_low: bool = False, open_high: bool = False
) -> None:
    """Refuse a number outside low..high; an open end is outside, and so is what is no finite number.

    Raises:
        ValueError: names the setting, its value and the range.
    """
    above = value > low if open_low else value >= low
    below = value < high if open_high else value <= high
    if not (math.isfinite(value) and above and below):
        floor = f"{'above' if open_low else 'at least'} {low:g}"
        ceiling = "" if math.isinf(high) else f" and {'below' if open_high else 'at most'} {high:g}"
        raise ValueError(f"{name} is {value}; it must be {floor}{ceiling}")


def check_month(name: str, value: dt.date) -> None:
    """Refuse a day that is not the first of its month.

    Raises:
        ValueError: names the setting and its value.
    """
    if value.day != 1:
        raise ValueError(f"{name} is {value}; it must be the first day of a month")


def check_ramp(ramp: Sequence[float]) -> None:
    """Refuse a productivity outside 0..1 in a ramp by complete months since the hire.

    Raises:
        ValueError: names the month and the value.
    """
    for month, productivity in enumerate(ramp):
        check_range(f"ramp[{month}]", productivity, 0, 1)
