"""The format keys of a contract: null words, date formats, marks, words for true and false, time zone."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingestion.contract import Formats
from warehouse.errors import ContractError

FORMAT_KEYS = {
    "nullWords": "null_words",
    "dateFormats": "date_formats",
    "timestampFormats": "timestamp_formats",
    "decimalMark": "decimal_mark",
    "thousandsMark": "thousands_mark",
    "trueWords": "true_words",
    "falseWords": "false_words",
    "timezone": "timezone",
    "currencySymbols": "currency_symbols",
    "negativeParentheses": "negative_parentheses",
}
# What the reader's strptime knows; the standard library's lacks a few of them.
DIRECTIVES = tuple("aAbBcdfgGhHIjmMnpSTuUVwWxXyYzZ%")
_WITHOUT_ZERO = "dHIjmMSy"
_SINGLE = ("decimal_mark", "thousands_mark", "timezone")


def refine(custom: dict[str, Any], outer: Formats, where: str) -> Formats:
    """The formats that hold inside: those from outside, changed by what is said here.

    Raises:
        ContractError: a value cannot be used, or two formats read one text as two dates.
    """
    changes: dict[str, Any] = {}
    for key, name in FORMAT_KEYS.items():
        if key in custom:
            value = custom[key]
            if name in _SINGLE:
                changes[name] = str(value)
            elif name == "negative_parentheses":
                if not isinstance(value, bool):
                    raise ContractError(f"{key} is true or false, not {value!r}", where, "write one of the two")
                changes[name] = value
            elif isinstance(value, list):
                changes[name] = tuple(str(item) for item in value)
            else:
                raise ContractError(f"{key} is a list", where, f"write {key} as [a, b]")
    formats = replace(outer, **changes)
    if formats.decimal_mark == formats.thousands_mark:
        raise ContractError("The decimal and the thousands mark are the same", where, "write what the file really uses")
    if "timezone" in custom and not _is_zone(formats.timezone):
        raise ContractError(f"{formats.timezone!r} is not a time zone", where, "write one like Europe/Berlin")
    for key, group in (("dateFormats", formats.date_formats), ("timestampFormats", formats.timestamp_formats)):
        if key in custom:
            for pattern in group:
                require_directives(key, pattern, where)
            _refuse_ambiguous(group, where)
    return formats


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def require_directives(key: str, pattern: str, where: str) -> None:
    """A format with an unknown directive would read no date at all, or break the reading of the whole file.

    Raises:
        ContractError: names the directive, and those that are known.
    """
    found = re.findall(r"%(-?.?)", pattern, re.DOTALL)
    unknown = next((f"%{code}" for code in found if not _is_directive(code)), None)
    if unknown is None and any(code != "%" for code in found):
        return
    known = " ".join(f"%{code}" for code in DIRECTIVES)
    raise ContractError(
        f"{unknown!r} in the format {pattern!r} of {key} is not known"
        if unknown
        else f"{pattern!r} is not a format of dates: no part of a date stands in it",
        where,
        f"use day %d, month %m (%b, %B: its name), year %Y, hour %H, minute %M, second %S; known are {known}",
    )


def is_known_here(pattern: str) -> bool:
    """Whether the standard library reads dates of a format as well."""
    try:
        dt.datetime.strptime(dt.datetime(2026, 10, 31).strftime(pattern), pattern)
    except (ValueError, re.error):
        return False
    return True


def _is_directive(code: str) -> bool:
    return code[1:] in tuple(_WITHOUT_ZERO) if code.startswith("-") else code in DIRECTIVES


def _refuse_ambiguous(formats: tuple[str, ...], where: str) -> None:
    """Two formats that read one text as two different moments cannot both be meant."""
    probes = [
        dt.datetime(2000 + year, month, day, 13, 4, 5)
        for year in (1, 12, 30)
        for month in (1, 2, 11, 12)
        for day in (2, 3, 12, 28)
    ]
    for index, one in enumerate(formats):
        for other in formats[index + 1 :]:
            for moment in probes:
                text = _written(moment, one, where)
                try:
                    read_one, read_other = dt.datetime.strptime(text, one), dt.datetime.strptime(text, other)
                except ValueError:
                    continue
                if read_one != read_other:
                    raise ContractError(
                        f"The formats {one!r} and {other!r} read {text!r} as two different dates",
                        where,
                        "keep the one that the export uses; give files of the other kind a contract of their own",
                    )


def _written(moment: dt.datetime, pattern: str, where: str) -> str:
    """A moment in a format.

    Raises:
        ContractError: the format is none that a date can be read by.
    """
    text = moment.strftime(pattern)
    try:
        dt.datetime.strptime(text, pattern)
    except re.error as error:
        raise ContractError(
            f"{pattern!r} is not a format of dates", where, "write each strptime code once, as %d.%m.%Y"
        ) from error
    except ValueError:
        # DuckDB knows codes that Python does not; the file tells.
        return text
    return text
