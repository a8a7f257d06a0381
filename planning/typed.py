"""Tables by their schema: what a planning function reads, checked and cast; what it gives, typed and sorted.

Input comes from DuckDB, whose types follow the SQL (a sum is a HUGEINT, a literal NULL an INTEGER), so every input is cast to
the schema its function declares. A number that is not finite says as little as a missing one and is read as missing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import pyarrow as pa

Row = dict[str, Any]


def rows_of(table: pa.Table, schema: pa.Schema, key: Sequence[str], what: str) -> list[Row]:
    """The rows of a table, cast to a schema, in the order of their key.

    Args:
        table: may have further columns, in any order.
        schema: the columns that are read.
        key: the columns that name a row; they are never NULL and never the same twice.
        what: the name of the table in errors.

    Raises:
        ValueError: a column is missing or cannot be cast, a key is NULL or occurs twice.
    """
    missing = [name for name in schema.names if name not in table.column_names]
    if missing:
        raise ValueError(f"{what}: column {', '.join(missing)} is missing; given are {', '.join(table.column_names)}")
    try:
        rows: list[Row] = table.select(schema.names).cast(schema).to_pylist()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ValueError(f"{what}: a column has another type than {schema}: {error}") from error
    for row in rows:
        if any(row[name] is None for name in key):
            raise ValueError(f"{what}: {', '.join(key)} name a row and may not be NULL: {_named(row, key)}")
        for name, value in row.items():
            row[name] = _finite(value)
    rows.sort(key=lambda row: tuple(row[name] for name in key))
    for before, after in pairwise(rows):
        if all(before[name] == after[name] for name in key):
            raise ValueError(f"{what}: two rows are named {_named(after, key)}; {', '.join(key)} must be unique")
    return rows


def table_of(rows: Iterable[Row], schema: pa.Schema, key: Sequence[str]) -> pa.Table:
    """Rows as a table of exactly this schema, in the order of their key; no rows make an empty table with all columns."""
    return pa.Table.from_pylist(sorted(rows, key=lambda row: tuple(row[name] for name in key)), schema=schema)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return value


def _named(row: Row, key: Sequence[str]) -> str:
    return ", ".join(f"{name} = {row[name]}" for name in key)
