"""Columns of text: each maker against Python's own formatting, and empty cells where there is nothing."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

from sample import cells

NONE = np.array([], dtype=np.int64)


def test_timestamps_are_iso_with_milliseconds_and_z() -> None:
    moments = [0, 1, 951_782_399, 1_772_373_900, 1_793_491_199]
    expected = [dt.datetime.fromtimestamp(m, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") for m in moments]
    assert cells.timestamps(np.array(moments)).to_pylist() == expected
    assert expected[3] == "2026-03-01T14:05:00.000Z"


def test_timestamps_and_dates_leave_invalid_ones_empty() -> None:
    valid = np.array([True, False, True])
    assert cells.timestamps(np.array([0, -(10**12), 86_400]), valid).to_pylist() == [
        "1970-01-01T00:00:00.000Z",
        "",
        "1970-01-02T00:00:00.000Z",
    ]
    assert cells.dates(np.array([0, -99, 59]), valid).to_pylist() == ["1970-01-01", "", "1970-03-01"]
    assert cells.dates(np.array([5, 6, 7]), np.zeros(3, dtype=bool)).to_pylist() == ["", "", ""]


def test_money_has_two_decimals() -> None:
    cents = np.array([0, 5, 123, 1_000_000_99])
    assert cells.money(cents).to_pylist() == ["0.00", "0.05", "1.23", "1000000.99"]
    assert cells.money(cents, cents > 5).to_pylist() == ["", "", "1.23", "1000000.99"]


def test_digits_keep_leading_zeros() -> None:
    assert cells.digits(np.array([7, 41_684, 100_000]), 5).to_pylist() == ["00007", "41684", "00000"]


def test_words_and_choices() -> None:
    assert cells.words(("a", "b"), np.array([1, -1, 0])).to_pylist() == ["b", "", "a"]
    first, second = pa.array(["a", "b"]), pa.array(["c", "d"])
    assert cells.chosen(np.array([True, False]), first, second).to_pylist() == ["a", "d"]
    assert cells.where(np.array([False, True]), first).to_pylist() == ["", "b"]
    assert cells.joined(first, "-", second).to_pylist() == ["a-c", "b-d"]
    assert cells.flags(np.array([True, False])).to_pylist() == ["true", "false"]
    assert cells.same("USD", 2).to_pylist() == ["USD", "USD"]


def test_every_maker_takes_no_rows() -> None:
    empty = (
        cells.timestamps(NONE), cells.dates(NONE), cells.money(NONE), cells.digits(NONE, 3), cells.words(("a",), NONE),
        cells.same("x", 0), cells.blank(0),
    )  # fmt: skip
    assert [len(column) for column in empty] == [0] * len(empty)
