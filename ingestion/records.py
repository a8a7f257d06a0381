"""What the ledger and the build file remember of files: wanted loads, quarantines, and what is already loaded."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from ingestion.contract import Contract
from ingestion.load import LoadResult
from warehouse.ledger import Event

LOADED, QUARANTINED = "load", "quarantine"
LOADER = 1  # raised when the same file and contract must give other rows than before

_TABLES = (
    "CREATE SCHEMA IF NOT EXISTS meta",
    "CREATE TABLE IF NOT EXISTS meta.load (load_id VARCHAR, version VARCHAR, contract_id VARCHAR, source VARCHAR, "
    "file_name VARCHAR, sha256 VARCHAR, extract_time TIMESTAMP, as_of TIMESTAMP)",
    "CREATE TABLE IF NOT EXISTS meta.load_object (load_id VARCHAR, object VARCHAR, records_read BIGINT, "
    "records_loaded BIGINT, records_rejected BIGINT, rows_stored BIGINT)",
    "CREATE TABLE IF NOT EXISTS meta.reject (load_id VARCHAR, file_name VARCHAR, object VARCHAR, line BIGINT, "
    "column_name VARCHAR, value VARCHAR, reason VARCHAR)",
)


@dataclass(frozen=True)
class FileKey:
    """One file as one contract sees it: the bytes, and when they were extracted."""

    contract_id: str
    sha256: str
    extract_time: dt.datetime | None

    @property
    def load_id(self) -> str:
        """32 hexadecimal digits; the same load has the same id wherever and whenever it is made."""
        text = f"{self.contract_id}|{self.sha256}|{self.extract_time.isoformat() if self.extract_time else ''}"
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]


@dataclass(frozen=True)
class Remembered:
    """The last word of the ledger on one file."""

    key: FileKey
    file_name: str
    size: int
    status: str
    version: str
    reason: str


@dataclass(frozen=True)
class RejectedRecord:
    """One rejected record of one file. `line` is physical and 1-based."""

    file_name: str
    object: str
    line: int
    column: str
    value: str
    reason: str


def version_of(contract: Contract) -> str:
    """What a load was made with: the contract's meaning and the loader's generation."""
    return f"{contract.hash[:16]}-{LOADER}"


def remembered(events: Iterable[Event]) -> dict[FileKey, Remembered]:
    """The ledger's last word on every file."""
    found: dict[FileKey, Remembered] = {}
    for event in events:
        body = event.body
        moment = dt.datetime.fromisoformat(body["extract_time"]) if body["extract_time"] else None
        key = FileKey(body["contract"], body["sha256"], moment)
        found[key] = Remembered(key, body["file"], body["size"], event.kind, body["version"], body.get("reason", ""))
    return found


def event_body(key: FileKey, file_name: str, size: int, version: str) -> dict[str, object]:
    """What every ledger entry about a file says."""
    moment = key.extract_time.isoformat() if key.extract_time else None
    return {
        "load_id": key.load_id,
        "contract": key.contract_id,
        "version": version,
        "file": file_name,
        "size": size,
        "sha256": key.sha256,
        "extract_time": moment,
    }


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the bookkeeping tables of the build file where they are missing."""
    for statement in _TABLES:
        connection.execute(statement)


def in_build(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str, str, dt.datetime | None]]:
    """load_id -> (version, source, sha256, extract_time) of what the build file holds."""
    rows = connection.execute("SELECT load_id, version, source, sha256, extract_time FROM meta.load").fetchall()
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in rows}


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
        [(load_id, c.object, c.read, c.loaded, c.rejected, c.rows) for c in result.counts],
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


def rejected(connection: duckdb.DuckDBPyConnection) -> list[RejectedRecord]:
    """Every rejected record of every load, by file and line."""
    rows = connection.execute(
        "SELECT file_name, object, line, column_name, value, reason FROM meta.reject ORDER BY file_name, line, object, load_id"
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
