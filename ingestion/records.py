"""What the build file remembers of loads: which it holds, what was counted, which records were rejected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from ingestion import canonical
from ingestion.contract import Contract
from ingestion.known_files import FileKey, version_of
from ingestion.load import LoadResult

_TABLES = (
    "CREATE SCHEMA IF NOT EXISTS meta",
    "CREATE TABLE IF NOT EXISTS meta.load (load_id VARCHAR, version VARCHAR, contract_id VARCHAR, source VARCHAR, "
    "file_name VARCHAR, sha256 VARCHAR, extract_time TIMESTAMP, as_of TIMESTAMP)",
    "CREATE TABLE IF NOT EXISTS meta.load_object (load_id VARCHAR, object VARCHAR, records_read BIGINT, "
    "records_loaded BIGINT, records_rejected BIGINT, keys_lost BIGINT, rows_stored BIGINT)",
    "CREATE TABLE IF NOT EXISTS meta.reject (load_id VARCHAR, file_name VARCHAR, object VARCHAR, line BIGINT, "
    "column_name VARCHAR, value VARCHAR, reason VARCHAR)",
    "CREATE TABLE IF NOT EXISTS meta.full_load (table_name VARCHAR, _source VARCHAR, _extract_time TIMESTAMP)",
)


@dataclass(frozen=True)
class RejectedRecord:
    """One rejected record of one file. `line` is physical and 1-based."""

    file_name: str
    object: str
    line: int
    column: str
    value: str
    reason: str


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the bookkeeping tables of the build file where they are missing."""
    for statement in _TABLES:
        connection.execute(statement)


def in_build(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str, str, dt.datetime | None]]:
    """load_id -> (version, source, sha256, extract_time) of what the build file holds."""
    rows = connection.execute("SELECT load_id, version, source, sha256, extract_time FROM meta.load").fetchall()
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


def objects_of(connection: duckdb.DuckDBPyConnection, load_id: str) -> list[str]:
    """The canonical objects that a load fed."""
    rows = connection.execute("SELECT DISTINCT object FROM meta.load_object WHERE load_id = ?", [load_id]).fetchall()
    return [str(name) for (name,) in rows]


def remember(
    connection: duckdb.DuckDBPyConnection, key: FileKey, contract: Contract, file_name: str, result: LoadResult
) -> None:
    """Note a load in the build file."""
    load_id = key.load_id
    connection.execute(
        "INSERT INTO meta.load VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [load_id, version_of(contract), contract.id, contract.source, file_name, key.sha256, key.extract_time, result.as_of],
    )
    _many(
        connection,
        "meta.load_object",
        [(load_id, c.object, c.read, c.loaded, c.rejected, c.lost, c.rows) for c in result.counts],
    )
    _many(
        connection,
        "meta.reject",
        [(load_id, file_name, name, r.line, r.column, r.value, r.reason) for name, r in result.rejects],
    )


def forget(connection: duckdb.DuckDBPyConnection, load_id: str) -> None:
    """Take a load out of the bookkeeping."""
    for table in ("load", "load_object", "reject"):
        connection.execute(f"DELETE FROM meta.{table} WHERE load_id = ?", [load_id])


def note_full_loads(
    connection: duckdb.DuckDBPyConnection, contracts: Iterable[Contract], incomplete: Iterable[tuple[str, dt.datetime]]
) -> None:
    """Write down of which moments the whole of an object is known, so that what is missing there was deleted.

    A moment counts when its contract delivers full snapshots and every record of every file of that moment was read: a
    record that was rejected, or lies in a file that is held, is not one that was deleted.

    Args:
        connection: the build file.
        contracts: all that hold.
        incomplete: contract and extract time of files that are quarantined or held.
    """
    known_contracts = {contract.id: contract for contract in contracts}
    # Another contract of the same source may bring a part of the same object.
    gaps = {
        (canonical.table_name(entry.object), known_contracts[contract_id].source, moment)
        for contract_id, moment in incomplete
        if contract_id in known_contracts
        for entry in known_contracts[contract_id].entries
    }
    rows = connection.execute(
        "SELECT DISTINCT l.contract_id, l.source, l.extract_time, o.object, "
        "sum(o.keys_lost) OVER (PARTITION BY l.contract_id, l.extract_time) "
        "FROM meta.load AS l JOIN meta.load_object AS o USING (load_id) WHERE l.extract_time IS NOT NULL"
    ).fetchall()
    gaps |= {(canonical.table_name(name), source, moment) for _, source, moment, name, lost in rows if lost}
    known = {
        (canonical.table_name(name), source, moment)
        for contract_id, source, moment, name, _ in rows
        if contract_id in known_contracts and known_contracts[contract_id].delivery == "full"
    } - gaps
    if known != set(connection.execute("SELECT * FROM meta.full_load").fetchall()):
        connection.execute("DELETE FROM meta.full_load")
        _many(connection, "meta.full_load", sorted(known))


def rejected(connection: duckdb.DuckDBPyConnection, load_id: str | None = None) -> list[RejectedRecord]:
    """The rejected records of one load, or of all, by file and line."""
    rows = connection.execute(
        "SELECT file_name, object, line, column_name, value, reason FROM meta.reject WHERE load_id = coalesce(?, load_id) "
        "ORDER BY file_name, line, object, load_id",
        [load_id],
    ).fetchall()
    return [RejectedRecord(*row) for row in rows]


def latest_moment(connection: duckdb.DuckDBPyConnection) -> dt.datetime | None:
    """The largest asOf value over all loads: the default of as_of."""
    row = connection.execute("SELECT max(as_of) FROM meta.load").fetchone()
    return row[0] if row else None


def _many(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]) -> None:
    if rows:
        marks = ", ".join("?" for _ in rows[0])
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
