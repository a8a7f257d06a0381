"""Comparison of a published mart with the oracle's rows: money and counts exactly, floats to nine digits."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from tests.end_to_end.oracle_values import Row

SHOWN = 8


# The single-column key of a table where it is not named after the table.
KEYS = {"demand.dim_series": "series_id", "plan.lever": "lever_id", "plan.decision": "decision_event_id"}
# Labels for people: that there is one, and one of its own, is all that can be said of them.
LABELS = {"demand.dim_series": "series_name"}


class Served:
    """Rows of a published snapshot, its surrogate ids of users, leads and accounts replaced by the CRM's own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._marts: dict[str, list[Row]] = {}
        self._source_id: dict[Any, Any] = {}
        for noun in ("user", "lead", "account"):
            self._source_id |= {row[f"{noun}_id"]: row[f"source_{noun}_id"] for row in self.rows(f"core.dim_{noun}")}

    def rows(self, table: str) -> list[Row]:
        """The table as it is published."""
        if table not in self._marts:
            with duckdb.connect(str(self._path), read_only=True) as connection:
                found = connection.execute(f"SELECT * FROM {table}")
                names = [column[0] for column in found.description or []]
                self._marts[table] = [dict(zip(names, values, strict=True)) for values in found.fetchall()]
        return self._marts[table]

    def mart(self, table: str) -> list[Row]:
        """The table without its surrogate key, in the CRM's ids."""
        surrogate = f"{table.split('.')[1]}_id"
        return [
            {
                column: self._source_id.get(value, value) if column.endswith("_id") else value
                for column, value in row.items()
                if column != surrogate or table in KEYS
            }
            for row in self.rows(table)
        ]

    def keys(self, table: str) -> list[Any]:
        """The single-column keys of the table."""
        return [row[KEYS.get(table, f"{table.split('.')[1]}_id")] for row in self.rows(table)]


def without_label(table: str, rows: list[Row]) -> list[Row]:
    """The rows without the column that only people read."""
    return [{column: value for column, value in row.items() if column != LABELS.get(table)} for row in rows]


def same(published: Any, expected: Any) -> bool:
    """Whether two values agree; NULL agrees with NULL alone."""
    if published is None or expected is None:
        return published is None and expected is None
    if isinstance(expected, float):
        return isinstance(published, float) and math.isclose(published, expected, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(expected, Decimal) or isinstance(published, Decimal):
        return isinstance(published, Decimal) and isinstance(expected, Decimal) and published == expected
    return type(published) is type(expected) and bool(published == expected)


def differences(published: list[Row], expected: list[Row], key: tuple[str, ...]) -> list[str]:
    """What differs, one readable line each: columns, missing and surplus rows, values. Empty when all agree."""
    columns = [set(rows[0]) if rows else set() for rows in (published, expected)]
    if columns[0] != columns[1]:
        return [f"columns published only: {sorted(columns[0] - columns[1])}, expected only: {sorted(columns[1] - columns[0])}"]
    ours, theirs = ({tuple(row[name] for name in key): row for row in rows} for rows in (published, expected))
    if len(ours) != len(published) or len(theirs) != len(expected):
        return [f"keys {key} are not unique: {len(published)} rows published, {len(expected)} expected"]
    found = [f"row missing: {_label(key, at)}" for at in sorted(theirs.keys() - ours.keys(), key=str)]
    found += [f"row not expected: {_label(key, at)}" for at in sorted(ours.keys() - theirs.keys(), key=str)]
    for at in sorted(theirs.keys() & ours.keys(), key=str):
        found += [
            f"{_label(key, at)} {column}: published {ours[at][column]!r}, expected {theirs[at][column]!r}"
            for column in theirs[at]
            if not same(ours[at][column], theirs[at][column])
        ]
    return found


def report(mart: str, found: list[str]) -> str:
    """The first differences of every kind, and how many there are."""
    kinds: dict[str, list[str]] = {}
    for line in found:
        kinds.setdefault(line.split(": ")[0].rsplit(" ", 1)[-1], []).append(line)
    lines = [f"{mart}: {len(found)} differences from the recomputation"]
    for kind, some in kinds.items():
        lines += [f"  {kind}: {len(some)}", *(f"    {line}" for line in some[:SHOWN])]
    return "\n".join(lines)


def _label(key: tuple[str, ...], values: tuple[Any, ...]) -> str:
    return "[" + ", ".join(f"{name}={value}" for name, value in zip(key, values, strict=True)) + "]"
