"""Comparison of a published mart with the oracle's rows: money and counts exactly, floats to nine digits."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from tests.end_to_end.oracle_inputs import Row

SHOWN = 8


class Served:
    """Rows of a published snapshot, its surrogate user ids replaced by the CRM's own."""

    def __init__(self, path: Path) -> None:
        with duckdb.connect(str(path), read_only=True) as connection:
            self.marts = {name: self._rows(connection, f"kpi.{name}") for name in self._names(connection)}
            users = self._rows(connection, "core.dim_user")
        self._source_id = {row["user_id"]: row["source_user_id"] for row in users}

    @staticmethod
    def _names(connection: duckdb.DuckDBPyConnection) -> list[str]:
        found = connection.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'kpi'")
        return [name for (name,) in found.fetchall()]

    @staticmethod
    def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
        found = connection.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]

    def mart(self, name: str) -> list[Row]:
        """The mart without its surrogate key, in the CRM's ids."""
        return [
            {column: self._source_id.get(value, value) if column.endswith("_id") else value for column, value in row.items()}
            for row in ({c: v for c, v in row.items() if c != f"{name}_id"} for row in self.marts[name])
        ]

    def keys(self, name: str) -> list[Any]:
        """The single-column keys of the mart."""
        return [row[f"{name}_id"] for row in self.marts[name]]


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
