"""DuckDB sessions: one way to open a file, one way to let go of it, one content hash."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import duckdb

from warehouse.errors import LockedError, SalesOpsError, StateError, disk_full, is_disk_full

MEMORY_VARIABLE = "SALESOPS_MEMORY_LIMIT"
# What incremental tables keep of how their days were built: no part of their content, and not published.
BOOKKEEPING = ("_partition_day", "_day_fingerprint")


def connect(path: Path, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a database file with UTC as its time zone and nothing fetched from anywhere.

    Args:
        path: the file; made when it is missing and `read_only` is false.
        read_only: open for reading only.

    Raises:
        LockedError: another process has it open.
        StateError: the file is missing or damaged.
        DiskFullError: there is no space to open it.
    """
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
        configure(connection)
        return connection
    except duckdb.Error as error:
        raise _refusal(path, error) from error


def configure(connection: duckdb.DuckDBPyConnection) -> None:
    """The settings every session of ours has."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    limit = os.environ.get(MEMORY_VARIABLE)
    if limit:
        connection.execute(f"SET memory_limit = '{_size(limit)}'")


def close_all() -> None:
    """Close what dbt left open in this process, so that the file can be opened with other settings."""
    # Only when dbt has been used here: importing it for nothing would cost seconds.
    if "dbt.adapters.duckdb.connections" in sys.modules:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        DuckDBConnectionManager.close_all_connections()


def table_hash(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, str]:
    """Rows and an order-free content hash of a table.

    Args:
        connection: an open session.
        table: "schema.table".

    Returns:
        The number of rows and 32 hexadecimal digits; equal contents give equal hashes whatever the order of the rows.
        Column names and types count, so a renamed column is a difference; those of BOOKKEEPING do not.
    """
    schema, name = table.split(".", 1)
    columns = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = ? AND table_name = ? AND NOT list_contains(?, column_name) ORDER BY column_name",
        [schema, name, list(BOOKKEEPING)],
    ).fetchall()
    if not columns:
        raise StateError(f"There is no table {table}", "the build file", "run `salesops run` to build it")
    row = ", ".join(f"t.{quote(column)}" for column, _ in columns)
    result = connection.execute(
        f"SELECT count(*), coalesce(sum(h), 0), coalesce(bit_xor(h), 0) FROM "
        f"(SELECT hash({row}) AS h FROM {quote(schema)}.{quote(name)} AS t)"
    ).fetchone()
    assert result is not None
    rows, total, mixed = (int(value) for value in result)
    header = connection.execute("SELECT md5(?)", [repr(columns)]).fetchone()
    assert header is not None
    return rows, f"{total % 2**64:016x}{mixed:016x}-{header[0][:8]}"


def quote(identifier: str) -> str:
    """An SQL identifier that cannot be anything else."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string that cannot be anything else."""
    return "'" + text.replace("'", "''") + "'"


def remove(path: Path) -> None:
    """Delete a database file with its write-ahead log."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _size(text: str) -> str:
    if not text or any(not (char.isalnum() or char in ". %") for char in text):
        raise StateError(f"{text!r} is not a memory size", MEMORY_VARIABLE, "write it like 4GB")
    return text


def _refusal(path: Path, error: duckdb.Error) -> SalesOpsError:
    text = str(error).splitlines()[0]
    if is_disk_full(error):
        return disk_full(error, str(path))
    if "lock" in text.lower():
        return LockedError(
            f"Another program has the database file open: {text}",
            str(path),
            "close it there (BI should open serving/current.duckdb, never the build file) and run again",
        )
    return StateError(
        f"The database file cannot be opened: {text}",
        str(path),
        "if it is the build file, delete it and run again: it is rebuilt from landing",
    )
