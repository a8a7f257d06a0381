"""Which plan a decision is about: one hash over all its tables.

Who approves a plan approves this hash. So it may depend on what the plan says only: not on the order of rows or columns, on
how Arrow lays them out, or on the last digits of a float, which differ from run to run where sums are made in parallel.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

# A cent in ten million. Less than that nobody decides on, and the noise of parallel sums stays far below it.
_DIGITS = 9


def fingerprint(tables: Mapping[str, pa.Table]) -> str:
    """A hash of tables by their content.

    Args:
        tables: by name. Rows and columns may come in any order; a row that occurs twice counts twice. Whole numbers, decimals,
            dates, texts and flags count exactly, floats with nine significant digits.

    Returns:
        sha256 in hexadecimal; the same for the same content, whatever order it came in.

    Raises:
        ValueError: a column occurs twice in a table, or holds a type that no plan has.
    """
    digest = hashlib.sha256()
    for name in sorted(tables):
        table = tables[name]
        columns = sorted(table.column_names)
        if len(set(columns)) < len(columns):
            raise ValueError(f"{name}: a column name occurs twice: {', '.join(columns)}")
        digest.update(_line([name, columns, table.num_rows]))
        values = [table.column(column).to_pylist() for column in columns]
        for row in sorted(_line([_canonical(value, name) for value in row]) for row in zip(*values, strict=True)):
            digest.update(row)
    return digest.hexdigest()


def _line(content: list[Any]) -> bytes:
    return json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _canonical(value: Any, table: str) -> Any:
    """A value as JSON that says its kind, so that 1, 1.0, true and "1" stay different."""
    content: Any
    match value:
        case None | bool() | str():
            return value
        case int():
            kind, content = "int", str(value)
        case float():
            # Adding 0.0 makes -0.0 the zero it is.
            kind, content = "float", f"{value + 0.0:.{_DIGITS}g}"
        case Decimal():
            kind, content = "decimal", _plain(value)
        case dt.datetime():
            kind, content = "timestamp", value.isoformat()
        case dt.date():
            kind, content = "date", value.isoformat()
        case list():
            kind, content = "list", [_canonical(each, table) for each in value]
        case dict():
            kind, content = "struct", [[key, _canonical(value[key], table)] for key in sorted(value)]
        case _:
            raise ValueError(f"{table}: a plan has no values of type {type(value).__name__}")
    return [kind, content]


def _plain(value: Decimal) -> str:
    """Without the zeros that only tell how a column is typed; Decimal.normalize would round after 28 digits."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if value == 0 else text
