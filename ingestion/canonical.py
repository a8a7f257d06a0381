"""The canonical schema: one list of raw tables, in canonical/, that every contract maps to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from warehouse import yamlfile
from warehouse.database import quote

FOLDER = Path(__file__).parent / "canonical"
SCHEMA = "raw"
TECHNICAL = {"_source": "VARCHAR", "_extract_time": "TIMESTAMP", "_sha256": "VARCHAR", "_extra": "VARCHAR"}


@dataclass(frozen=True)
class CanonicalObject:
    """One object of the canonical schema. `columns` maps vendor names to SQL types; `key` is one or more of them."""

    name: str
    table: str
    key: tuple[str, ...]
    cursor: str | None
    columns: dict[str, str]

    @property
    def sql_name(self) -> str:
        """The quoted name of the raw table."""
        return f"{SCHEMA}.{quote(self.table)}"


@cache
def objects() -> dict[str, CanonicalObject]:
    """Every canonical object by its name, such as salesforce.Opportunity."""
    types: dict[str, str] = yamlfile.load(FOLDER / "_types.yml").data
    found: dict[str, CanonicalObject] = {}
    for path in sorted(FOLDER.glob("[a-z]*.yml")):
        for item, entry in yamlfile.load(path).data.items():
            name = f"{path.stem}.{item}"
            columns = dict(column.strip().rsplit(" ", 1) for column in entry["columns"].split(","))
            found[name] = CanonicalObject(
                name=name,
                table=table_name(name),
                key=tuple(entry["key"]),
                cursor=entry.get("cursor"),
                columns={column: types[kind] for column, kind in columns.items()},
            )
    return found


def table_name(name: str) -> str:
    """salesforce.OpportunityHistory -> salesforce__opportunity_history."""
    namespace, item = name.split(".", 1)
    return f"{namespace}__" + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", item).lower()


def create_all(connection: duckdb.DuckDBPyConnection, wanted: Iterable[CanonicalObject] | None = None) -> None:
    """Create every raw table that is missing, empty and typed; `wanted` are the objects if not the canonical ones."""
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    for item in wanted if wanted is not None else objects().values():
        columns = ", ".join(f"{quote(name)} {kind}" for name, kind in (item.columns | TECHNICAL).items())
        connection.execute(f"CREATE TABLE IF NOT EXISTS {item.sql_name} ({columns})")
        if wanted is not None and item.name not in objects():
            # A contract may have got a column since.
            for name, kind in item.columns.items():
                connection.execute(f"ALTER TABLE {item.sql_name} ADD COLUMN IF NOT EXISTS {quote(name)} {kind}")
