"""What a period will bring: known answers by hand, and the laws that hold for any company."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.projection import BASIS, PROJECTION, project

Row = dict[str, Any]


def look(month: int, closed: float, weighted: float, actual: float | None, **other: Any) -> Row:
    """Month 1 is January 2024; the day is the 10th."""
    start = dt.date(2024 + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    row = {
        "scope_type": "company",
        "scope_id": "all",
        "period_type": "month",
        "day_kind": "current_period",
        "period_start": start,
        "period_end": start + dt.timedelta(days=27),
        "on_day": start + dt.timedelta(days=9),
        "is_current": actual is None,
        "closed_amount": Decimal(str(closed)),
        "open_amount": Decimal(str(weighted)) * 2,
        "open_weighted_amount": Decimal(str(weighted)),
        "actual_amount": None if actual is None else Decimal(str(actual)),
    }
    return row | other


def projected(*rows: Row) -> list[Row]:
    found: list[Row] = project(pa.Table.from_pylist(list(rows), schema=BASIS)).to_pylist()
    return found


def test_closed_open_and_what_usually_comes_on_top() -> None:
    # On top came 100 - 40 - 30 = 30 and 120 - 50 - 30 = 40: 35 in the mean.
    (row,) = projected(look(1, 40, 30, 100), look(2, 50, 30, 120), look(3, 45, 25, None))
    assert row["other_won_amount"] == Decimal("35.00")
    assert row["mean"] == Decimal("105.00")
    assert row["method"] == "stage_rate"
    # February was expected to bring 30 + 30 after the day and brought 70; the mean of earlier periods said 100 of 120.
    assert row["periods_n"] == 1
    assert row["backtest_wape"] == pytest.approx(10 / 120)
    assert row["baseline_wape"] == pytest.approx(20 / 120)
    assert (row["p10"], row["p50"], row["p90"]) == (None, None, None)


def test_more_slipped_than_came_on_top_takes_nothing_from_the_open_deals() -> None:
    (row,) = projected(look(1, 40, 60, 70), look(2, 10, 20, None))
    assert row["other_won_amount"] == 0
    assert row["mean"] == Decimal("30.00")


def test_only_the_last_eight_periods_are_remembered() -> None:
    old = [look(month, 0, 10, 1000) for month in range(1, 4)]
    (row,) = projected(*old, *(look(month, 0, 10, 15) for month in range(4, 12)), look(12, 0, 10, None))
    assert row["other_won_amount"] == Decimal("5.00")


def test_without_earlier_periods_only_what_is_known_counts() -> None:
    (row,) = projected(look(1, 40, 30, None))
    assert (row["mean"], row["method"], row["periods_n"]) == (Decimal("70.00"), "closed_only", 0)
    assert row["backtest_wape"] is None


def test_the_interval_comes_from_what_came_over_what_was_expected() -> None:
    # Nothing open, 100 a month: from February on 100 is expected. Then 80 and 120 in turns.
    came = [100, 100, 80, 120, 80, 120, 80, 120, 80, 120, 80, 120]
    (row,) = projected(*(look(n, 0, 0, amount) for n, amount in enumerate(came, start=1)), look(13, 10, 0, None))
    assert row["periods_n"] == 11
    expected = row["mean"] - 10
    assert Decimal("10") + expected * Decimal("0.7") < row["p10"] < row["p50"] < row["p90"] < 10 + expected * Decimal("1.3")


def test_the_mean_of_earlier_periods_is_used_where_it_was_nearer() -> None:
    # Stage rates swing wildly; the months bring the same.
    rows = [look(month, 10, 500 if month % 2 else 1, 100) for month in range(1, 14)]
    (row,) = projected(*rows, look(14, 30, 400, None))
    assert row["method"] == "mean_of_periods"
    assert row["mean"] == Decimal("100.00")
    assert row["other_won_amount"] is None
    assert row["p10"] == row["p90"] == Decimal("100.00")
    (short,) = projected(*rows[:8], look(14, 30, 400, None))
    assert short["method"] == "stage_rate"


def test_each_kind_of_day_has_its_own_past() -> None:
    next_period = {"day_kind": "next_period"}
    rows = projected(
        look(1, 40, 30, 100), look(1, 0, 5, 100, **next_period), look(2, 40, 30, None), look(3, 0, 5, None, **next_period)
    )
    assert [row["other_won_amount"] for row in rows] == [Decimal("30.00"), Decimal("95.00")]


def test_nothing_gives_nothing_of_the_right_type() -> None:
    assert project(pa.Table.from_pylist([], schema=BASIS)).schema == PROJECTION


_amounts = st.decimals(min_value=0, max_value=10**9, places=2)


@given(st.lists(st.tuples(_amounts, _amounts, _amounts), max_size=20), _amounts, _amounts, st.randoms())
def test_laws(past: list[tuple[Decimal, Decimal, Decimal]], closed: Decimal, weighted: Decimal, chance: random.Random) -> None:
    rows = [look(n, 0, 0, 0) for n in range(1, len(past) + 1)]
    for row, (early, expected, late) in zip(rows, past, strict=True):
        row |= {"closed_amount": early, "open_weighted_amount": expected, "actual_amount": early + late}
    now = look(len(past) + 1, 0, 0, None) | {"closed_amount": closed, "open_weighted_amount": weighted}
    (row,) = projected(*rows, now)
    assert row["mean"] >= closed
    if row["p10"] is not None:
        assert closed <= row["p10"] <= row["p50"] <= row["p90"]
    if row["other_won_amount"] is not None:
        assert row["mean"] == closed + weighted + row["other_won_amount"]
    shuffled = [*rows, now]
    chance.shuffle(shuffled)
    assert projected(*shuffled) == [row]
