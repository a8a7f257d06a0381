"""The hash of a plan: the same for the same content, another for any other."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.proposal import fingerprint

SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        ("hires", pa.int64()),
        ("gap", pa.float64()),
        ("cost", pa.decimal128(18, 2)),
        ("start", pa.date32()),
        ("sure", pa.bool_()),
    ]
)
ROW = {
    "name": "smb",
    "hires": 2,
    "gap": 1234.5,
    "cost": Decimal("10.50"),
    "start": dt.date(2027, 1, 1),
    "sure": True,
}
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.none() | st.text("ab", max_size=2),
            "hires": st.none() | st.integers(-5, 5),
            "gap": st.none() | st.floats(-1e9, 1e9),
            "cost": st.none() | st.decimals(-1000, 1000, places=2),
            "start": st.none() | st.dates(),
            "sure": st.none() | st.booleans(),
        }
    ),
    max_size=6,
)


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=SCHEMA)


def of(*rows: dict[str, Any]) -> str:
    return fingerprint({"hiring_need": table(*rows)})


@settings(max_examples=40)
@given(ROWS, st.randoms(use_true_random=False))
def test_order_and_layout_do_not_matter(rows: list[dict[str, Any]], random: Any) -> None:
    plain = table(*rows)
    columns = random.sample(SCHEMA.names, len(SCHEMA.names))
    shuffled = table(*random.sample(rows, len(rows))).select(columns)
    chunked = pa.concat_tables([shuffled.slice(start, 1) for start in range(len(rows))] or [shuffled])
    expected = fingerprint({"a": plain, "b": plain.slice(0, 1)})
    assert fingerprint({"b": plain.slice(0, 1), "a": chunked}) == expected
    large = SCHEMA.set(0, pa.field("name", pa.large_string())).set(1, pa.field("hires", pa.int32()))
    wide = large.set(3, pa.field("cost", pa.decimal128(38, 4)))
    assert fingerprint({"a": plain.cast(wide), "b": plain.slice(0, 1)}) == expected


@settings(max_examples=40)
@given(ROWS, ROWS)
def test_equal_hashes_mean_equal_rows(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    def content(rows: list[dict[str, Any]]) -> list[str]:
        return sorted(repr({**row, "gap": row["gap"] and f"{row['gap']:.9g}"}) for row in table(*rows).to_pylist())

    assert (of(*one) == of(*other)) == (content(one) == content(other))


@pytest.mark.parametrize(
    "change",
    [
        {"name": "SMB"},
        {"name": None},
        {"hires": 3},
        {"hires": None},
        {"gap": 1234.51},
        {"cost": Decimal("10.51")},
        {"start": dt.date(2027, 2, 1)},
        {"sure": False},
        {"sure": None},
    ],
)
def test_any_other_value_is_another_plan(change: dict[str, Any]) -> None:
    assert of(ROW) != of(ROW | change)


def test_the_noise_of_sums_is_no_other_plan() -> None:
    assert of(ROW | {"gap": 0.1 + 0.2}) == of(ROW | {"gap": 0.3})
    assert of(ROW | {"gap": -0.0}) == of(ROW | {"gap": 0.0})


def test_rows_columns_and_names_count() -> None:
    assert len({of(), of(ROW), of(ROW, ROW)}) == 3
    assert fingerprint({}) != fingerprint({"hiring_need": table()})
    assert fingerprint({"hiring_need": table(ROW)}) != fingerprint({"lever": table(ROW)})
    assert of(ROW) != fingerprint({"hiring_need": table(ROW).drop_columns(["sure"])})


def test_kinds_of_equal_spelling_differ() -> None:
    kinds = [
        pa.array([1]),
        pa.array([1.0]),
        pa.array(["1"]),
        pa.array([True]),
        pa.array([Decimal(1)]),
        pa.array([[1]]),
        pa.array([{"x": 1}]),
    ]
    assert len({fingerprint({"t": pa.table({"c": kind})}) for kind in kinds}) == len(kinds)


def test_moments_count_by_value_not_by_unit() -> None:
    moment = dt.datetime(2026, 1, 2, 3, 4, 5)
    micros, nanos = (pa.table({"at": pa.array([moment], pa.timestamp(unit))}) for unit in ("us", "ns"))
    assert fingerprint({"t": micros}) == fingerprint({"t": nanos})


def test_decimals_count_to_the_last_digit() -> None:
    long = [Decimal("12345678901234567890123456789012345678"), Decimal("12345678901234567890123456789012345679")]
    one, other = (pa.table({"c": pa.array([value], pa.decimal128(38, 0))}) for value in long)
    assert fingerprint({"t": one}) != fingerprint({"t": other})


def test_the_hash_is_that_of_every_machine() -> None:
    assert fingerprint({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert len(of(ROW)) == 64


def test_what_no_plan_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="t: a plan has no values of type bytes"):
        fingerprint({"t": pa.table({"c": [b"1"]})})
    with pytest.raises(ValueError, match="t: a column name occurs twice: c, c"):
        fingerprint({"t": pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["c", "c"])})
