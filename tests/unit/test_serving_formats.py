"""Results as text: exact for programs, presentable for people, harmless in spreadsheets and terminals."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from serving.formats import terminal_table, write_csv, write_json


def as_csv(table: pa.Table, **options: bool) -> str:
    out = io.StringIO()
    write_csv(table, out, **options)
    return out.getvalue()


def as_json(table: pa.Table, **options: bool) -> str:
    out = io.StringIO()
    write_json(table, out, **options)
    return out.getvalue()


def one(value: Any, kind: pa.DataType | None = None) -> pa.Table:
    return pa.table({"v": pa.array([value], type=kind)})


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (Decimal("1.10"), pa.decimal128(18, 2), "1.10"),
        (Decimal("-12345678901234567.89"), pa.decimal128(38, 2), "-12345678901234567.89"),
        (2**62 + 1, pa.int64(), "4611686018427387905"),
        (0.1, pa.float64(), "0.1"),
        (True, pa.bool_(), "true"),
        (dt.date(2026, 1, 31), pa.date32(), "2026-01-31"),
        (dt.datetime(2026, 1, 31, 8, 0, 0, 5), pa.timestamp("us"), "2026-01-31 08:00:00.000005"),
        (None, pa.string(), ""),
        ("", pa.string(), '""'),
        ("Müller “€5”", pa.string(), "Müller “€5”"),
        ('a,"b"\nc', pa.string(), '"a,""b""\nc"'),
        ("=1+1", pa.string(), "=1+1"),
        ([1, None], pa.list_(pa.int64()), '"[1, null]"'),
        (pa.MonthDayNano([1, 2, 1_500_000_000]), pa.month_day_nano_interval(), "P1M2DT1.5S"),
    ],
)
def test_csv_keeps_every_value_exact(value: Any, kind: pa.DataType, text: str) -> None:
    assert as_csv(one(value, kind)) == f"v\n{text}\n"


def test_csv_reads_back_with_the_standard_reader() -> None:
    texts = ["plain", "", 'quo"te', "line\nbreak", "car\rriage", "com,ma", " space "]
    table = pa.table({"id": list(range(len(texts))), "text, with comma": texts})
    read = list(csv.reader(io.StringIO(as_csv(table), newline="")))
    assert read == [["id", "text, with comma"], *([str(i), text] for i, text in enumerate(texts))]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1", "＝1"])
def test_spreadsheet_formulas_are_neutralised_only_on_request(text: str) -> None:
    table = pa.table({text: [text]})
    plain = list(csv.reader(io.StringIO(as_csv(table), newline="")))
    safe = list(csv.reader(io.StringIO(as_csv(table, safe_for_spreadsheets=True), newline="")))
    assert plain == [[text], [text]]
    assert safe == [["'" + text], ["'" + text]]


def test_negative_numbers_are_no_formulas() -> None:
    assert as_csv(one(-5), safe_for_spreadsheets=True) == "v\n-5\n"


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (Decimal("10.50"), pa.decimal128(18, 2), "10.50"),
        (Decimal("9999999999999.99"), pa.decimal128(18, 2), "9999999999999.99"),
        (Decimal("1234567890123456.78"), pa.decimal128(18, 2), '"1234567890123456.78"'),
        (2**53, pa.int64(), "9007199254740992"),
        (2**53 + 1, pa.int64(), '"9007199254740993"'),
        (0.1, pa.float64(), "0.1"),
        (float("nan"), pa.float64(), '"NaN"'),
        (float("-inf"), pa.float64(), '"-Infinity"'),
        (None, pa.int64(), "null"),
        (False, pa.bool_(), "false"),
        ('a"\n', pa.string(), '"a\\"\\n"'),
        (dt.date(2026, 1, 31), pa.date32(), '"2026-01-31"'),
        (dt.datetime(2026, 1, 31, 8), pa.timestamp("us"), '"2026-01-31T08:00:00"'),
        (
            {"a": Decimal("1.5"), "b": [1]},
            pa.struct([("a", pa.decimal128(4, 1)), ("b", pa.list_(pa.int64()))]),
            '{"a": 1.5, "b": [1]}',
        ),
    ],
)
def test_json_numbers_lose_no_digits(value: Any, kind: pa.DataType, text: str) -> None:
    assert as_json(one(value, kind), lines=True) == f'{{"v": {text}}}\n'
    assert json.loads(as_json(one(value, kind)))[0]["v"] == json.loads(text)


def test_json_array_and_lines_hold_the_same_rows() -> None:
    table = pa.table({"a": list(range(25_000)), "b": ["x"] * 25_000})
    array = json.loads(as_json(table))
    lines = [json.loads(line) for line in as_json(table, lines=True).splitlines()]
    assert array == lines == table.to_pylist()


def test_json_of_no_rows_is_an_empty_array() -> None:
    empty = one(1).slice(0, 0)
    assert json.loads(as_json(empty)) == []
    assert as_json(empty, lines=True) == ""


def test_json_keeps_columns_of_the_same_name_apart() -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([3])], names=["a", "a", "a_1"])
    assert json.loads(as_json(table)) == [{"a": 1, "a_2": 2, "a_1": 3}]


def test_the_terminal_table_shows_null_and_aligns_numbers_right() -> None:
    table = pa.table({"name": ["Ann", None], "revenue": pa.array([Decimal("5.00"), Decimal("1234.50")], pa.decimal128(18, 2))})
    assert terminal_table(table, width=60).splitlines() == [
        "name ┃ revenue",
        "━━━━━╇━━━━━━━━",
        "Ann  │    5.00",
        "NULL │ 1234.50",
        "2 rows",
    ]


def test_the_terminal_table_stays_within_the_width_and_never_cuts_a_number() -> None:
    table = pa.table({f"column_{i}": ["some longer text"] if i % 2 else [10**14 + i] for i in range(12)})
    for width in (40, 63, 100):
        lines = terminal_table(table, width=width).splitlines()
        assert max(map(len, lines)) <= width
        assert lines[-1].startswith("1 row (")
        assert "of 12 columns shown" in lines[-1]
        assert "100000000000000" in lines[2]
    assert "columns shown" not in terminal_table(table, width=400)


def test_the_terminal_table_counts_all_rows_when_it_shows_the_first() -> None:
    table = pa.table({"i": list(range(1500))})
    text = terminal_table(table, width=60, max_rows=10)
    assert text.endswith("1,500 rows (first 10 shown)\n")
    assert len(text.splitlines()) == 13
    assert len(terminal_table(table, width=60, max_rows=None).splitlines()) == 1503


def test_control_characters_and_markup_in_data_stay_text() -> None:
    text = terminal_table(pa.table({"[red]x": ["\x1b[31mred\x07", "[bold]b[/bold]"]}), width=80)
    assert "\x1b" not in text
    assert "\\x1b[31mred\\x07" in text
    assert "[bold]b[/bold]" in text
    assert "[red]x" in text


def test_colour_is_sent_only_when_asked_for() -> None:
    assert "\x1b[" in terminal_table(one(None, pa.string()), width=80, color=True)
    assert "\x1b[" not in terminal_table(one(None, pa.string()), width=80)
