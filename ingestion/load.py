"""Loads one landed file into the raw tables: all of its good records, or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ingestion import canonical
from ingestion.contract import Contract
from ingestion.decode import Text, UnreadableError, decode, query
from ingestion.landing import Landed
from ingestion.origin import Origin
from ingestion.projection import Projection
from ingestion.rejects import Reject, record_rejects, syntax_rejects
from warehouse.database import quote
from warehouse.errors import disk_full, is_disk_full

MAX_REJECTED_SHARE = 0.05
Seal = Callable[["LoadResult"], None]


@dataclass(frozen=True)
class ObjectCount:
    """Records of one object in one file: read = loaded + rejected; `rows` are those stored (repeats collapse)."""

    object: str
    read: int
    loaded: int
    rejected: int
    rows: int


@dataclass(frozen=True)
class LoadResult:
    """What came of one file. `as_of` is the largest value of the columns marked asOf."""

    counts: list[ObjectCount]
    rejects: list[tuple[str, Reject]]
    extra: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    as_of: dt.datetime | None = None


def load(
    connection: duckdb.DuckDBPyConnection,
    landed: Landed,
    contract: Contract,
    origin: Origin,
    scratch: Path,
    seal: Seal,
) -> LoadResult:
    """Decode, type and store one file in one transaction.

    Args:
        connection: the build file.
        landed: the file's bytes.
        contract: how to read them.
        origin: its source, sha256 and extract time.
        scratch: a folder for a transcoded copy, removed afterwards.
        seal: called with the result before the transaction is committed; what it raises undoes the load.

    Raises:
        UnreadableError: the file does not match its contract; nothing was stored.
        DiskFullError: nothing was stored.
    """
    try:
        text = decode(landed, contract, scratch, connection)
        connection.execute("BEGIN")
        try:
            result = _store(connection, text, origin)
            seal(result)
            connection.execute("COMMIT")
            return result
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    except duckdb.Error as error:
        if is_disk_full(error):
            raise disk_full(error, str(scratch)) from error
        if isinstance(error, duckdb.OutOfMemoryException | duckdb.FatalException | duckdb.InternalException):
            raise
        raise UnreadableError(f"it cannot be read as its contract says: {str(error).splitlines()[0]}") from error
    finally:
        (scratch / f"{landed.sha256}.utf8").unlink(missing_ok=True)


def remove(connection: duckdb.DuckDBPyConnection, origin: Origin) -> None:
    """Take one load out of every raw table."""
    for target in canonical.objects().values():
        connection.execute(f"DELETE FROM {target.sql_name} WHERE {origin.any_entry}")


def _store(connection: duckdb.DuckDBPyConnection, text: Text, origin: Origin) -> LoadResult:
    counts: list[ObjectCount] = []
    rejects: list[tuple[str, Reject]] = []
    moments: list[dt.datetime] = []
    for entry in text.contract.entries:
        place = 1 + sum(count.object == entry.object for count in counts)
        projection = Projection.of(text, entry, canonical.objects()[entry.object])
        count, rejected = _store_entry(connection, projection, origin.entry(place))
        if count.rejected > MAX_REJECTED_SHARE * count.read:
            raise UnreadableError(_too_many(count, rejected))
        moments += _latest(connection, projection, origin.entry(place))
        counts.append(count)
        rejects += [(entry.object, reject) for reject in rejected]
    return LoadResult(counts, rejects, text.extra, text.absent, max(moments, default=None))


def _store_entry(
    connection: duckdb.DuckDBPyConnection, projection: Projection, origin: Origin
) -> tuple[ObjectCount, list[Reject]]:
    """Append every record and take out those that fail: one pass over the file where none does, which is the rule."""
    raw = projection.target.sql_name
    for table in ("_reject_scan", "_reject_error"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute("SET preserve_insertion_order = false")
    (appended,) = _one(
        connection,
        f"INSERT INTO {raw} BY NAME SELECT {projection.values}, {origin.provisional(projection.bad)} "
        f"FROM ({query(projection.text, projection.entry, numbered=False)})",
    )
    connection.execute("SET preserve_insertion_order = true")
    (bad,) = _one(connection, f"DELETE FROM {raw} WHERE {origin.bad_condition}")
    (keys,) = _one(connection, f"SELECT count(*) FROM (SELECT DISTINCT {projection.key} FROM {raw} WHERE {origin.condition})")
    rejects, broken = syntax_rejects(connection, projection.text)
    if bad or keys < appended - bad:
        rejects += record_rejects(connection, projection, broken, origin)
    read = appended + len(broken)
    return ObjectCount(projection.entry.object, read, read - len(rejects), len(rejects), keys), rejects


def _latest(connection: duckdb.DuckDBPyConnection, projection: Projection, origin: Origin) -> list[dt.datetime]:
    marked = [f"max(CAST({quote(column.name)} AS TIMESTAMP))" for column in projection.columns if column.as_of]
    if not marked:
        return []
    found = _one(connection, f"SELECT {', '.join(marked)} FROM {projection.target.sql_name} WHERE {origin.condition}")
    return [moment for moment in found if moment is not None]


def _too_many(count: ObjectCount, rejects: list[Reject]) -> str:
    first = min(rejects, key=lambda reject: reject.line)
    return (
        f"{count.rejected:,} of {count.read:,} records cannot be read, more than {MAX_REJECTED_SHARE:.0%}; the first is "
        f"line {first.line}, column {first.column!r}, value {first.value[:80]!r}: {first.reason}"
    )


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row
