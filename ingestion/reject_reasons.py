"""Why a value was rejected, with what a contract might say so that it would be read; never with the value itself.

Reasons are kept in the ledger for good. A hint is given only where the format that it names does read the value.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from ingestion import labels
from ingestion.contract import Column, Formats
from ingestion.convert import EPOCHS

REASONS = {
    "DATE": "not a date of the contract's formats",
    "TIMESTAMP": "not a timestamp of the contract's formats",
    "BOOLEAN": "neither a true word nor a false word",
    "BIGINT": "not a whole number",
    "DOUBLE": "not a number, or not below 1e12",
    "DECIMAL(18,2)": "not an amount with at most two decimals",
}
UNKNOWN, EMPTY = "cannot be read", "empty, but every record needs it"
_NUMBERS = {"BIGINT": "a whole number", "DOUBLE": "a number", "DECIMAL(18,2)": "an amount"}
_MAX = Decimal("1e12")
_DAYS = (
    "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%y",
    "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d. %B %Y",
)  # fmt: skip
_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", ", %H:%M", ", %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %I:%M %p")
_BLANKS = {" ": "a blank", "\u00a0": "a no-break space", "\u202f": "a narrow no-break space", "'": "an apostrophe"}
_THOUSANDS = (".", ",", *_BLANKS, "\u2019")


@lru_cache(maxsize=4096)
def reason_of(column: Column, value: str) -> str:
    """Why the text of a column was rejected, and what might be said so that it would not be.

    Args:
        column: the column, with its formats.
        value: the text that was not read; empty where there was none.
    """
    if not value:
        return EMPTY
    reason = REASONS.get(column.sql_type, UNKNOWN)
    text, formats = value.strip(), column.formats
    if text.casefold() in labels.words("empty"):
        return f"{reason}: if it is a word for an empty cell, say nullWords"
    if column.sql_type in _NUMBERS:
        hint = _number_hint(text, formats, column.sql_type)
        return f"not read as {_NUMBERS[column.sql_type]}: {hint}" if hint else reason
    if column.sql_type == "BOOLEAN":
        kind = next((kind for kind in ("true", "false") if text.casefold() in labels.words(kind)), None)
        return f"{reason}: if it is a word for {kind}, say {kind}Words" if kind else reason
    if column.sql_type in ("DATE", "TIMESTAMP") and not column.epoch_milliseconds:
        hint = _date_hint(text, column)
        return f"{reason}: {hint}" if hint else reason
    return reason


def _number_hint(text: str, formats: Formats, kind: str) -> str:
    """Which few other format keys would read the number; empty where none do, or where it would be read as it is."""
    if reads_number(text, formats, kind):
        return ""
    for around in _around(text, formats):
        found = [marks for marks in _marks(text, around) if reads_number(text, marks, kind)]
        if not found:
            continue
        fewest = min(_changes(around, marks) for marks in found)
        said = [_about_marks(around, marks) for marks in found if _changes(around, marks) == fewest]
        return "; ".join([*_about_signs(formats, around), *(clause for clause in dict.fromkeys(said) if clause)])
    return ""


def _around(text: str, formats: Formats) -> Iterator[Formats]:
    """The formats as they are, then with the signs of accounting that stand around the number."""
    yield formats
    parentheses = text.startswith("(") and text.endswith(")")
    body = text[1:-1] if parentheses else text
    symbol = next((char for char in body if unicodedata.category(char) == "Sc"), "") or _iso_code(body)
    changed = formats
    if parentheses:
        changed = replace(changed, negative_parentheses=True)
    if symbol and symbol not in formats.currency_symbols:
        changed = replace(changed, currency_symbols=(*formats.currency_symbols, symbol))
    if changed != formats:
        yield changed


def _iso_code(text: str) -> str:
    found = re.fullmatch(r"([A-Z]{3}) ?[-+\d].*|[-+\d].*\d ?([A-Z]{3})", text)
    return (found[1] or found[2]) if found else ""


def _marks(text: str, formats: Formats) -> Iterator[Formats]:
    """The formats with every pair of marks that the text could be written with, the contract's own first."""
    for decimal in dict.fromkeys((formats.decimal_mark, ".", ",")):
        for thousands in dict.fromkeys((formats.thousands_mark, "", *(mark for mark in _THOUSANDS if mark in text))):
            is_needed = decimal == formats.decimal_mark or decimal in text
            if decimal != thousands and is_needed and (thousands or formats.thousands_mark in ("", decimal)):
                yield replace(formats, decimal_mark=decimal, thousands_mark=thousands)


def _changes(before: Formats, after: Formats) -> int:
    return (before.decimal_mark != after.decimal_mark) + (before.thousands_mark != after.thousands_mark)


def _about_marks(before: Formats, after: Formats) -> str:
    decimal, thousands = after.decimal_mark, after.thousands_mark
    is_decimal, is_thousands = before.decimal_mark != decimal, before.thousands_mark != thousands
    if is_decimal and is_thousands and thousands:
        named = f"{_named(thousands)} and {_named(decimal)} stand in it"
        return f"{named}; if they part thousands and decimals, say thousandsMark and decimalMark"
    if is_decimal:
        other = ", and another thousandsMark or none" if is_thousands else ""
        return f"{_named(decimal)} stands in it; if it is the decimal mark, say decimalMark{other}"
    if is_thousands:
        return f"{_named(thousands)} stands in it; if it separates thousands, say thousandsMark"
    return ""


def _about_signs(before: Formats, after: Formats) -> list[str]:
    said = []
    if before.currency_symbols != after.currency_symbols:
        said.append("something stands beside it; if it is a currency, say currencySymbols")
    if before.negative_parentheses != after.negative_parentheses:
        said.append("it stands in parentheses; if they mean less than zero, say negativeParentheses")
    return said


def _named(mark: str) -> str:
    return _BLANKS.get(mark, "an apostrophe" if mark == "\u2019" else repr(mark))


def reads_number(text: str, formats: Formats, kind: str) -> bool:
    """Whether a number is surely read under these formats: plain notation only, nothing that a cast may or may not take."""
    if formats.negative_parentheses and text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    for symbol in formats.currency_symbols:
        bare = re.sub(rf"^([+-]?)[\s]*{re.escape(symbol)}\s*|\s*{re.escape(symbol)}$", r"\1", text, count=1)
        if bare != text:
            text = bare
            break
    thousands, decimal = re.escape(formats.thousands_mark), re.escape(formats.decimal_mark)
    groups = rf"|[1-9]\d{{0,2}}(?:{thousands}\d{{3}})+" if thousands else ""
    found = re.fullmatch(rf"([+-]?)(\d+{groups})(?:{decimal}(\d+))?", text, re.ASCII)
    if found is None:
        return False
    whole, decimals = re.sub(r"\D", "", found[2]), (found[3] or "").rstrip("0")
    most = {"BIGINT": 0, "DECIMAL(18,2)": 2}.get(kind, 15)
    return len(decimals) <= most and len(found[3] or "") <= 15 and Decimal(whole) < _MAX


def _date_hint(text: str, column: Column) -> str:
    formats = column.formats.date_formats if column.sql_type == "DATE" else column.formats.timestamp_formats
    key = "dateFormats" if column.sql_type == "DATE" else "timestampFormats"
    fitting = [form for day in _DAYS for time in _TIMES if (form := day + time) not in formats and _fits(text, form)]
    if fitting:
        return f"fits {' or '.join(fitting[:3])}; if it is meant so, say {key}"
    if column.sql_type == "TIMESTAMP" and re.fullmatch(r"\d{13}", text) and EPOCHS[0] <= int(text) <= EPOCHS[1]:
        return "fits milliseconds since 1970; if they are meant, say epochMilliseconds"
    return ""


def _fits(text: str, form: str) -> bool:
    # A year of four digits stands under %Y only, as the reader would take two of them for one of the first century.
    if not text.isascii() or re.search(r"\s{2}", text):
        return False
    try:
        dt.datetime.strptime(text, form)
    except ValueError:
        return False
    # Without a mark between them the parts could be of any length.
    return form[:6] != "%Y%m%d" or text[:8].isdigit()
