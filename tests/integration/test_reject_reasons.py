"""The reason of a reject says what a contract might say, only where that would read the value, and never the value."""

from __future__ import annotations

import itertools
from dataclasses import replace

import duckdb
import pytest

from ingestion.contract import Column, Formats
from ingestion.convert import value_of
from ingestion.reject_reasons import _DAYS, _TIMES, _fits, reads_number, reason_of
from warehouse.database import literal

MONEY, NUMBER, WHOLE = "DECIMAL(18,2)", "DOUBLE", "BIGINT"


def column(kind: str, **formats: object) -> Column:
    known = replace(Formats(), **formats)  # type: ignore[arg-type]
    return Column("Amount", kind, "Amount", (), None, None, False, (), False, False, False, known)


def is_read(of: Column, text: str) -> bool:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute(f'SELECT {value_of(of)} FROM (SELECT {literal(text)} AS "Amount")').fetchone()
    assert found is not None
    return found[0] is not None


@pytest.mark.parametrize(
    ("kind", "formats", "value", "says"),
    [
        (MONEY, {"decimal_mark": ","}, "1.234,50", "'.' stands in it; if it separates thousands, say thousandsMark"),
        (MONEY, {}, "1,234.50", "',' stands in it; if it separates thousands, say thousandsMark"),
        (MONEY, {}, "1234,50", "',' stands in it; if it is the decimal mark, say decimalMark"),
        (
            MONEY,
            {},
            "1.234,50",
            "'.' and ',' stand in it; if they part thousands and decimals, say thousandsMark and decimalMark",
        ),
        (MONEY, {"decimal_mark": ","}, "1.5", "'.' stands in it; if it is the decimal mark, say decimalMark"),
        (MONEY, {"decimal_mark": ",", "thousands_mark": "."}, "1.5", "say decimalMark, and another thousandsMark or none"),
        (NUMBER, {}, "1,234", "separates thousands, say thousandsMark; ',' stands in it; if it is the decimal mark"),
        (MONEY, {}, "1 234.50", "a blank stands in it; if it separates thousands"),
        (MONEY, {}, "€ 5.00", "something stands beside it; if it is a currency, say currencySymbols"),
        (MONEY, {}, "(5.00)", "if they mean less than zero, say negativeParentheses"),
        (MONEY, {}, "n/a", "if it is a word for an empty cell, say nullWords"),
        (WHOLE, {}, "1,000", "',' stands in it"),
        ("BOOLEAN", {}, "Ja", "if it is a word for true, say trueWords"),
        ("DATE", {}, "31.10.2026", "fits %d.%m.%Y; if it is meant so, say dateFormats"),
        ("DATE", {}, "01/02/2026", "fits %d/%m/%Y or %m/%d/%Y"),
        ("DATE", {"date_formats": ("%d.%m.%Y",)}, "2026-10-31", "fits %Y-%m-%d"),
        ("TIMESTAMP", {}, "31.10.2026 12:30", "fits %d.%m.%Y %H:%M; if it is meant so, say timestampFormats"),
        ("TIMESTAMP", {}, "1793450000000", "say epochMilliseconds"),
    ],
)
def test_a_reason_says_what_would_read_the_value_and_never_the_value(
    kind: str, formats: dict[str, object], value: str, says: str
) -> None:
    found = reason_of(column(kind, **formats), value)
    assert says in found
    assert value not in found
    assert not is_read(column(kind, **formats), value)


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        (MONEY, "1.005", "not an amount with at most two decimals"),
        (MONEY, "much", "not an amount with at most two decimals"),
        (MONEY, "1,23,4", "not an amount with at most two decimals"),
        (WHOLE, "1.5", "not a whole number"),
        ("DATE", "31.02.2026", "not a date of the contract's formats"),
        ("DATE", "Anna", "not a date of the contract's formats"),
        ("BOOLEAN", "maybe", "neither a true word nor a false word"),
        ("DATE", "", "empty, but every record needs it"),
    ],
)
def test_where_nothing_would_read_the_value_the_reason_hints_at_nothing(kind: str, value: str, reason: str) -> None:
    assert reason_of(column(kind), value) == reason


TEXTS = [
    "1.234,50", "1,234.50", "1234,50", "1.5", "-1.234", "1,234", "12,34", "1 234", "1'234.5", "€ 5", "5 €", "-€ 1.234,5",
    "USD 7", "(5)", "(€ 5,5)", "0.123", "1.234.567,8", "12.34.567", "1e5", "0,5", ",5", "999999999999.99", "1000000000000",
    "5.0", "5,00", "5.", "€", "1.005", "+3,0", "1\u00a0234,5",
]  # fmt: skip


def test_every_number_that_a_hint_takes_for_readable_is_read() -> None:
    tried = 0
    for text, kind, decimal, thousands in itertools.product(
        TEXTS, (MONEY, NUMBER, WHOLE), ".,", ("", ".", ",", " ", "'", "\u00a0")
    ):
        for signs in ({}, {"currency_symbols": ("€", "USD"), "negative_parentheses": True}):
            formats = replace(Formats(), decimal_mark=decimal, thousands_mark=thousands, **signs)  # type: ignore[arg-type]
            if decimal != thousands and reads_number(text, formats, kind):
                tried += 1
                assert is_read(replace(column(kind), formats=formats), text), (text, kind, formats)
    assert tried > 100


DATES = [
    "31.10.2026", "1.2.2026", "01.02.26", "20261031", "2026111", "1 Jan 2026", "31-Oct-26", "October 3, 2026", "3. May 2026",
    "10/31/2026 5:06 PM", "2026-10-31T10:00", "31.10.2026, 10:00:05", "2026.10.31", "12/31/99", "jan 1, 2026",
]  # fmt: skip


def test_every_date_that_a_hint_takes_for_readable_is_read() -> None:
    for text, day, time in itertools.product(DATES, _DAYS, _TIMES):
        if _fits(text, day + time):
            assert is_read(column("TIMESTAMP", timestamp_formats=(day + time,)), text), (text, day + time)
