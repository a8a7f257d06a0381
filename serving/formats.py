"""Query results as text: a table for a terminal, CSV or JSON for the next program.

CSV and JSON keep values exact; only the terminal's table makes them presentable.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import shutil
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, TextIO

import pyarrow as pa
from rich.console import Console
from rich.table import Table
from rich.text import Text

from warehouse.text import printable

ELLIPSIS = "…"
_BATCH_ROWS = 10_000
_NARROWEST = 12  # a text is not squeezed below this (or its own width) to make room for another; a number is never cut
_GAP = 3  # a rule between two columns, with a blank on both sides
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_EXACT_INTEGER = 2**53  # up to here a JSON reader that takes numbers as doubles gets integers right


def terminal_table(table: pa.Table, width: int | None = None, max_rows: int | None = 100, color: bool = False) -> str:
    """A table to look at: numbers to the right, NULL written out, as many columns as fit and whole rows counted below.

    Args:
        table: the result.
        width: characters of the terminal; default: what the terminal says, 80 if there is none.
        max_rows: rows shown at most; None for all.
        color: with terminal colours.

    Returns:
        Lines, each ended by a newline. Control characters of the data are shown, never sent to the terminal.
    """
    width = width or shutil.get_terminal_size((80, 24)).columns
    shown = table.num_rows if max_rows is None else min(max_rows, table.num_rows)
    head = table.slice(0, shown)
    cells = [[_presented(value) for value in column.to_pylist()] for column in head.columns]
    natural = [
        max([len(printable(name)), *(text.cell_len for text in column)])
        for name, column in zip(head.schema.names, cells, strict=True)
    ]
    least = [own if _is_number(field.type) else min(_NARROWEST, own) for own, field in zip(natural, head.schema, strict=True)]
    chosen = _columns_that_fit(least, width)
    widths = _widths(
        [len(ELLIPSIS) if index is None else least[index] for index in chosen],
        [len(ELLIPSIS) if index is None else natural[index] for index in chosen],
        width,
    )
    drawn = Table(show_edge=False, pad_edge=False, header_style="bold")
    for index, columns in zip(chosen, widths, strict=True):
        right = index is not None and _is_number(head.schema.field(index).type)
        name = Text(ELLIPSIS if index is None else printable(head.schema.names[index]))
        drawn.add_column(name, justify="right" if right else "left", width=columns, overflow="ellipsis", no_wrap=True)
    for row in range(shown):
        drawn.add_row(*(Text(ELLIPSIS) if index is None else cells[index][row] for index in chosen))
    console = Console(
        width=width, force_terminal=color, no_color=not color, highlight=False, markup=False, legacy_windows=False
    )
    with console.capture() as capture:
        if chosen:
            console.print(drawn)
        console.print(
            _footer(table, shown, sum(index is not None for index in chosen)), style="dim" if color else None, soft_wrap=True
        )
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"


def write_csv(table: pa.Table, out: TextIO, safe_for_spreadsheets: bool = False) -> None:
    """Write RFC 4180 CSV with a header, comma and newline.

    Values are exact: decimals with all their digits, floats with the shortest text that reads back equal, timestamps as
    2026-01-31 08:00:00 (UTC). NULL is an empty cell and the empty string is "". Lists and structs are JSON.

    Args:
        table: the result.
        out: where to; open files with newline="".
        safe_for_spreadsheets: put ' before texts that a spreadsheet would run as a formula (they start with = + - @, TAB, CR or
            LF). Off by default, because the next program needs the values as they are.
    """
    guard = _neutralised if safe_for_spreadsheets else _as_it_is
    out.write(",".join(_csv_text(guard(name)) for name in table.schema.names) + "\n")
    for batch in table.to_batches(max_chunksize=_BATCH_ROWS):
        columns = [
            [_csv_text(guard(value)) if isinstance(value, str) else _csv_cell(value) for value in column.to_pylist()]
            for column in batch.columns
        ]
        out.writelines(",".join(row) + "\n" for row in zip(*columns, strict=True))


def write_json(table: pa.Table, out: TextIO, lines: bool = False) -> None:
    """Write rows as JSON objects: one array, or one object a line.

    A DECIMAL or an integer is a JSON number where a reader that takes numbers as doubles gets it back exactly (in practice up
    to 15 significant digits), and a string with all its digits where it would not. NaN and infinities, which JSON lacks, are
    the strings "NaN", "Infinity" and "-Infinity". Dates, times and timestamps (UTC) are ISO 8601 strings, and so are intervals;
    binaries are hexadecimal, maps lists of pairs. A column name that comes twice gets _1, _2 and so on.

    Args:
        table: the result.
        out: where to.
        lines: JSON lines instead of an array.
    """
    keys = [json.dumps(name, ensure_ascii=False) for name in _unique(table.schema.names)]
    if not lines:
        out.write("[")
    separator = "" if lines else "\n"
    for batch in table.to_batches(max_chunksize=_BATCH_ROWS):
        for row in _rows(batch):
            fields = ", ".join(f"{key}: {_json(value)}" for key, value in zip(keys, row, strict=True))
            out.write(f"{separator}{{{fields}}}" + ("\n" if lines else ""))
            separator = "" if lines else ",\n"
    if not lines:
        out.write("\n]\n" if table.num_rows else "]\n")


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _text(value: Any) -> str:
    """One value that is not NULL, exactly."""
    for kinds, write in _TEXTS:
        if isinstance(value, kinds):
            return write(value)
    return str(value)


def _json(value: Any) -> str:
    for kinds, write in _JSONS:
        if isinstance(value, kinds):
            return write(value)
    return _quoted(_text(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _json_integer(value: int) -> str:
    return str(value) if abs(value) <= _EXACT_INTEGER else f'"{value}"'


def _json_decimal(value: Decimal) -> str:
    digits = format(value, "f")
    return digits if Decimal(repr(float(value))) == value else f'"{digits}"'


def _json_float(value: float) -> str:
    if math.isfinite(value):
        return repr(value)
    return '"NaN"' if math.isnan(value) else '"Infinity"' if value > 0 else '"-Infinity"'


def _json_object(value: dict[Any, Any]) -> str:
    return "{" + ", ".join(f"{_quoted(str(key))}: {_json(one)}" for key, one in value.items()) + "}"


def _json_list(value: Iterable[Any]) -> str:
    return "[" + ", ".join(_json(one) for one in value) + "]"


def _duration(value: Any) -> str:
    """An interval as ISO 8601 writes one."""
    return f"P{value.months}M{value.days}DT{Decimal(value.nanoseconds) / 10**9:f}S"


_Writers = tuple[tuple[Any, Callable[[Any], str]], ...]

# The first that fits counts: a bool is an int too, a datetime a date, an interval a tuple.
_TEXTS: _Writers = (
    (str, str),
    (bool, lambda value: "true" if value else "false"),
    (Decimal, lambda value: format(value, "f")),
    (dt.datetime, lambda value: value.isoformat(sep=" ")),
    ((dt.date, dt.time), lambda value: value.isoformat()),
    (bytes, bytes.hex),
    (pa.MonthDayNano, _duration),
    ((list, tuple, dict), _json),
)
_JSONS: _Writers = (
    (type(None), lambda _: "null"),
    (bool, lambda value: "true" if value else "false"),
    (int, _json_integer),
    (Decimal, _json_decimal),
    (float, _json_float),
    (dt.datetime, lambda value: _quoted(value.isoformat())),
    (pa.MonthDayNano, lambda value: _quoted(_duration(value))),
    (dict, _json_object),
    ((list, tuple), _json_list),
)


def _csv_cell(value: Any) -> str:
    return "" if value is None else _csv_text(_text(value))


def _csv_text(text: str) -> str:
    if text == "" or any(char in text for char in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _neutralised(text: str) -> str:
    """Some spreadsheets skip blanks before they look for a formula, so blanks are skipped here too."""
    return "'" + text if text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS) else text


def _as_it_is(text: str) -> str:
    return text


def _presented(value: Any) -> Text:
    return Text("NULL", style="dim") if value is None else Text(printable(_text(value)))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _columns_that_fit(needed: list[int], width: int) -> list[int | None]:
    """Indexes of the columns to show, from both ends inwards; None stands for those left out."""
    if sum(needed) + _GAP * (len(needed) - 1) <= width:
        return list(range(len(needed)))
    free = width - len(ELLIPSIS)
    left: list[int] = []
    right: list[int] = []
    low, high = 0, len(needed) - 1
    while low <= high:
        from_left = len(left) <= len(right)
        index = low if from_left else high
        free -= needed[index] + _GAP
        if free < 0 and left:
            break
        if from_left:
            left.append(index)
            low += 1
        else:
            right.insert(0, index)
            high -= 1
    return [*left, None, *right] if low <= high else [*left, *right]


def _widths(least: list[int], natural: list[int], width: int) -> list[int]:
    """The room of each column: the least it needs, and of what is left equal shares up to what it would like."""
    free = width - _GAP * (len(natural) - 1) - sum(least)
    given = list(least)
    wish = [natural[index] - least[index] for index in range(len(least))]
    for done, index in enumerate(sorted(range(len(wish)), key=lambda one: wish[one])):
        more = max(0, min(wish[index], free // (len(wish) - done)))
        given[index] += more
        free -= more
    return given


def _footer(table: pa.Table, shown: int, columns: int) -> str:
    rows = f"{table.num_rows:,} row{'' if table.num_rows == 1 else 's'}"
    notes = []
    if shown < table.num_rows:
        notes.append(f"first {shown:,} shown")
    if columns < table.num_columns:
        notes.append(f"{columns} of {table.num_columns} columns shown")
    return f"{rows} ({', '.join(notes)})" if notes else rows


def _unique(names: list[str]) -> list[str]:
    seen: set[str] = set(names)
    result: list[str] = []
    for name in names:
        candidate, number = name, 0
        while candidate in result or (number and candidate in seen):
            number += 1
            candidate = f"{name}_{number}"
        result.append(candidate)
    return result
