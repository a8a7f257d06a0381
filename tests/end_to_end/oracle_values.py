"""Cells of exports as values, months, and the arithmetic that several marts share."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

Row = dict[str, Any]


def sql_key(*parts: str) -> str:
    """The surrogate key of the warehouse: one hash of a record's natural key."""
    return hashlib.md5("\x1f".join(parts).encode(), usedforsecurity=False).hexdigest()


def moment(text: str | None) -> datetime | None:
    """A timestamp of an export, in UTC."""
    if text is None:
        return None
    value = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def day(text: str | None) -> date | None:
    """A plain date of an export."""
    return None if text is None else date.fromisoformat(text[:10])


def money(text: str | None) -> Decimal | None:
    """An amount in cents."""
    return None if text is None else Decimal(text).quantize(Decimal("0.01"))


def like(text: str | None, pattern: str) -> bool:
    """SQL LIKE of a lower-case pattern."""
    if text is None:
        return False
    parts = [".*" if sign == "%" else "." if sign == "_" else re.escape(sign) for sign in pattern]
    return re.fullmatch("".join(parts), text.lower(), flags=re.DOTALL) is not None


def month_of(value: date) -> date:
    return value.replace(day=1)


def add_months(month: date, count: int) -> date:
    """The first day of the month `count` months later."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """Every month from the one of `first` to the one of `last`."""
    count = (last.year - first.year) * 12 + last.month - first.month
    return [add_months(month_of(first), step) for step in range(count + 1)]


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`."""
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def month_end(month: date) -> date:
    """The last day of a month."""
    return add_months(month_of(month), 1) - timedelta(days=1)


def cents(exact: Fraction) -> Decimal:
    """An exact amount in cents, halves away from zero."""
    scaled = Decimal(exact.numerator * 100) / Decimal(exact.denominator)
    return scaled.quantize(Decimal(1), ROUND_HALF_UP) / 100


def ratio(name: str, num: Any, den: Any) -> Row:
    """A guarded ratio with its parts."""
    value = None if num is None or not den else float(Fraction(num) / Fraction(den))
    return {f"{name}_num": num, f"{name}_den": den, name: value}


def sum_money(amounts: Iterable[Decimal | None]) -> Decimal:
    """Sum in cents, unknown amounts as nothing."""
    return sum((amount for amount in amounts if amount is not None), Decimal("0.00"))
