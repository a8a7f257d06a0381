"""Small build files whose every table carries the number of its build, so that a mixture of two builds shows."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from serving.model import Publication, PublishedTable
from serving.publish import publish
from warehouse.database import connect, remove, table_hash

NAMES = ("core.dim_user", "kpi.daily_sales")
TABLES = (
    PublishedTable("core", "dim_user", "Users. One row per user.", {"user_name": "It's the user's name."}),
    PublishedTable("kpi", "daily_sales", "Sales a day. One row per day.", {"revenue": "Won amount."}),
)
AS_OF = dt.date(2026, 1, 31)


def make_build(path: Path, number: int, rows: int = 300, megabytes: float = 0) -> dict[str, Any]:
    """Write a build file anew and return a verdict that lets it pass; `megabytes` of text that does not compress."""
    remove(path)
    connection = connect(path)
    connection.execute("CREATE SCHEMA core")
    connection.execute("CREATE SCHEMA kpi")
    connection.execute(
        f"CREATE TABLE core.dim_user AS SELECT md5(i::VARCHAR) AS user_id, 'Müller “' || i || '”' AS user_name, "
        f"{number} AS build_number FROM range({rows}) t(i)"
    )
    connection.execute(
        f"CREATE TABLE kpi.daily_sales AS SELECT DATE '2024-01-01' + i::INTEGER AS date_day, "
        f"(i * {number} * 1.25)::DECIMAL(18,2) AS revenue, CASE WHEN i % 3 > 0 THEN i END AS orders, "
        f"{number} AS build_number FROM range({rows}) t(i)"
    )
    if megabytes:
        connection.execute(
            f"CREATE OR REPLACE TABLE core.dim_user AS SELECT sha256(i::VARCHAR) || sha256('x' || i) AS user_id, "
            f"sha256('n' || i) AS user_name, {number} AS build_number FROM range({int(megabytes * 1e6 / 192)}) t(i)"
        )
    verdict = verdict_of(connection)
    connection.close()
    return verdict


def renumber_build(path: Path, number: int) -> dict[str, Any]:
    """Make build `number` of an existing one, quicker than anew, and return a verdict that lets it pass."""
    connection = connect(path)
    for name in NAMES:
        connection.execute(f"UPDATE {name} SET build_number = {number}")
    verdict = verdict_of(connection)
    connection.close()
    return verdict


def verdict_of(connection: Any) -> dict[str, Any]:
    """A verdict that lets the present contents pass."""
    tables = {name: dict(zip(("rows", "hash"), table_hash(connection, name), strict=True)) for name in NAMES}
    return {"passed": True, "hash": hashlib.sha256(repr(tables).encode()).hexdigest(), "tables": tables}


def fingerprint(number: int) -> str:
    """As the pipeline would make one: a sha256."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def publish_number(
    folder: Path, number: int, keep: int = 5, progress: Callable[..., None] | None = None, megabytes: float = 0
) -> Publication:
    """Make build `number` in a folder and publish it to the folder's serving/."""
    build = folder / "build.duckdb"
    verdict = make_build(build, number, megabytes=megabytes)
    return publish(
        build, folder / "serving", TABLES, verdict, fingerprint(number), AS_OF, f"run-{number}", keep=keep, progress=progress
    )


def versions(found: list[Publication]) -> list[str]:
    """The numbers of versions, as their names write them."""
    return [one.version[:6] for one in found]


def build_number(serving: Path) -> int:
    """The build that is served."""
    with duckdb.connect(str(serving / "current.duckdb"), read_only=True) as connection:
        row = connection.execute("SELECT min(build_number), max(build_number) FROM kpi.daily_sales").fetchone()
    assert row is not None
    assert row[0] == row[1]
    return int(row[0])
