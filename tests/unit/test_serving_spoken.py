"""Numbers as people say them: the unit, the rounding, and the dash for what is not known."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from serving import spoken


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"),
        (0, "0"),
        (950, "950"),
        (999.6, "1.0 k"),
        (12_340, "12.3 k"),
        (99_950, "100 k"),
        (999_499, "999 k"),
        (999_500, "1.0 M"),
        (Decimal("1240000.00"), "1.2 M"),
        (Decimal("1250000.00"), "1.3 M"),
        (240_400_000, "240 M"),
        (-581_000, "-581 k"),
        (-0.2, "0"),
        (7.5e12, "7.5 tn"),
        (3e15, "3,000 tn"),
    ],
)
def test_amounts_carry_their_unit(value: float | None, said: str) -> None:
    assert spoken.amount(value).replace(spoken.GLUE, " ") == said


def test_a_currency_stands_behind_a_known_amount_alone() -> None:
    assert spoken.amount(2_348_225, "USD") == spoken.GLUE.join(("2.3", "M", "USD"))
    assert spoken.amount(None, "USD") == spoken.NOTHING


def test_shares_are_percent() -> None:
    assert spoken.share(0.3645) == f"36.5{spoken.GLUE}%"
    assert spoken.share(1, 0) == f"100{spoken.GLUE}%"
    assert spoken.share(None) == spoken.NOTHING


def test_counts_days_and_lists_read_as_words() -> None:
    assert (spoken.count(1, "deal"), spoken.count(1234, "deal"), spoken.count(3, "person", "people")) == (
        "1 deal",
        "1,234 deals",
        "3 people",
    )
    assert spoken.day(dt.date(2026, 10, 31)) == "31 October 2026"
    assert spoken.month(dt.date(2026, 5, 1)) == "May 2026"
    assert [spoken.listed(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
