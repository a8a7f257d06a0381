"""Numbers and days as people say them: 1.2 M USD, 36.4 %, 31 October 2026."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

NOTHING = "–"
# Keeps a number and its unit on one line.
GLUE = "\u00a0"
_UNITS = (
    (Decimal(1), ""),
    (Decimal(1000), "k"),
    (Decimal(10) ** 6, "M"),
    (Decimal(10) ** 9, "bn"),
    (Decimal(10) ** 12, "tn"),
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

Number = int | float | Decimal


def amount(value: Number | None, currency: str = "") -> str:
    """Money with its unit: 950, 12.3 k, 2.0 M, 240 M; one decimal below a hundred of the unit.

    Args:
        value: in whole units of the currency; None is a dash.
        currency: appended when given.
    """
    if value is None:
        return NOTHING
    exact = Decimal(str(value))
    scaled = [(_shortened(abs(exact) / size, 1 if size > 1 else 0), unit) for size, unit in _UNITS]
    rounded, unit = next((one for one in scaled if one[0] < 1000), scaled[-1])
    sign = "-" if exact < 0 and rounded else ""
    return GLUE.join(filter(None, (f"{sign}{rounded:,f}", unit, currency)))


def share(value: Number | None, digits: int = 1) -> str:
    """A share of 0 to 1 in percent."""
    return NOTHING if value is None else f"{_half_up(100 * Decimal(str(value)), digits):f}{GLUE}%"


def number(value: Number | None, digits: int = 0) -> str:
    """A count, or a measure with that many decimals, with commas at the thousands."""
    return NOTHING if value is None else f"{_half_up(Decimal(str(value)), digits):,f}"


def count(value: int, noun: str, several: str = "") -> str:
    """A count with its noun: 1 deal, 3 deals."""
    return f"{value:,} {noun if value == 1 else several or noun + 's'}"


def day(value: dt.date | None) -> str:
    """A day in full: 31 October 2026."""
    return NOTHING if value is None else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def month(value: dt.date) -> str:
    """A month: Oct 2026."""
    return f"{_MONTHS[value.month - 1][:3]} {value.year}"


def listed(parts: list[str]) -> str:
    """A list in a sentence: a, b and c."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]])) if parts else ""


def _shortened(value: Decimal, digits: int) -> Decimal:
    rounded = _half_up(value, digits)
    return rounded if rounded < 100 else _half_up(value, 0)


def _half_up(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
