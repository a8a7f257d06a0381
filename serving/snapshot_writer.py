"""The snapshot file itself: audited against the verdict, copied from the build file, described, and read back.

Nothing here decides what is served; it makes a file, or proves that one still holds what it held.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from serving import snapshots
from serving.model import META_SCHEMA, Publication, PublishedTable
from warehouse.database import BOOKKEEPING, configure, literal, quote, table_hash
from warehouse.errors import PublishError, StateError, is_disk_full

STORAGE_VERSION = "v1.0.0"  # the oldest that keeps our types: every DuckDB from 1.0 on opens what any of them published


def write(
    build: Path,
    staged: Path,
    tables: Sequence[PublishedTable],
    verdict: Mapping[str, Any],
    publication: Publication,
    report: Callable[[str], None],
) -> None:
    """Audit the build against the verdict and copy it, in one session that keeps writers out of the build file."""
    with duckdb.connect(":memory:") as connection:
        configure(connection)
        # An in-memory session would spill into the working directory, which may be read-only or on another disk.
        connection.execute(f"SET temp_directory = {literal(str(staged.parent / 'spill'))}")
        _attach_build(connection, build)
        _audit(connection, verdict, {table.full_name for table in tables}, report)
        connection.execute(f"ATTACH {literal(str(staged.absolute()))} AS served (STORAGE_VERSION {literal(STORAGE_VERSION)})")
        for schema in sorted({table.schema for table in tables} | {META_SCHEMA}):
            connection.execute(f"CREATE SCHEMA served.{quote(schema)}")
        for table in sorted(tables, key=lambda one: one.full_name):
            _copy(connection, table)
            report(table.full_name)
        _describe(connection, publication)
        connection.execute("CHECKPOINT served")
        connection.execute("USE memory")
        connection.execute("DETACH served")


def verify(file: Path, publication: Publication, report: Callable[[str], None]) -> None:
    """Read a snapshot back from the disk and compare it with what it must be."""
    if file.with_name(file.name + ".wal").exists():
        raise _unequal(file, "a write-ahead log is left beside it")
    written = snapshots.read_publication(file)
    if any(getattr(written, name) != getattr(publication, name) for name in ("version", "fingerprint", "tables")):
        raise _unequal(file, "it describes itself as something else")
    with snapshots.opened(file) as connection:
        present = connection.execute(
            f"SELECT table_schema || '.' || table_name FROM information_schema.tables "
            f"WHERE table_schema <> {literal(META_SCHEMA)} ORDER BY 1"
        ).fetchall()
        if sorted(row[0] for row in present) != sorted(table.full_name for table in publication.tables):
            raise _unequal(file, "its list of tables differs")
        for table in publication.tables:
            if table_hash(connection, table.full_name) != (table.rows, table.hash):
                raise _unequal(file, f"{table.full_name} differs in its rows or values")
            report(table.full_name)


def _attach_build(connection: duckdb.DuckDBPyConnection, build: Path) -> None:
    if not build.exists():
        raise StateError("There is no build file to publish", str(build), "run `salesops run` to build it")
    try:
        connection.execute(f"ATTACH {literal(str(build.absolute()))} AS build (READ_ONLY)")
    except duckdb.Error as error:
        if is_disk_full(error):
            raise
        raise StateError(
            f"The build file cannot be opened for reading: {str(error).splitlines()[0]}",
            str(build),
            "let the program that has it open finish; if it is damaged, delete it and run again: it is rebuilt from landing",
        ) from error
    connection.execute("USE build")


def _audit(
    connection: duckdb.DuckDBPyConnection, verdict: Mapping[str, Any], published: set[str], report: Callable[[str], None]
) -> None:
    """Everything the verdict was given for must still be what lies in the build, published or not."""
    for name, expected in sorted(verdict["tables"].items()):
        rows, content = table_hash(connection, name)
        if (rows, content) != (expected["rows"], expected["hash"]):
            raise PublishError(
                f"The verdict is not about this build: {name} has {rows} rows (content {content}), "
                f"the checks saw {expected['rows']} rows (content {expected['hash']})",
                name,
                "run `salesops validate` again on the present build; the served version is untouched",
            )
        if name in published:
            report(name)


def _copy(connection: duckdb.DuckDBPyConnection, table: PublishedTable) -> None:
    target = f"{quote(table.schema)}.{quote(table.name)}"
    columns = [row[0] for row in connection.execute(f"DESCRIBE build.{target}").fetchall() if row[0] not in BOOKKEEPING]
    connection.execute(f"CREATE TABLE served.{target} AS SELECT {', '.join(map(quote, columns))} FROM build.{target}")
    present = set(columns)
    unknown = sorted(set(table.columns) - present)
    if unknown:
        raise PublishError(
            f"{table.full_name} has no column {', '.join(unknown)}, which its documentation describes",
            table.full_name,
            "correct the column's name in the model's YAML",
        )
    if table.description:
        connection.execute(f"COMMENT ON TABLE served.{target} IS {literal(table.description)}")
    for column, comment in table.columns.items():
        connection.execute(f"COMMENT ON COLUMN served.{target}.{quote(column)} IS {literal(comment)}")


def _describe(connection: duckdb.DuckDBPyConnection, publication: Publication) -> None:
    connection.execute(
        f"CREATE TABLE served.{META_SCHEMA}.publication (version VARCHAR, fingerprint VARCHAR, as_of DATE, run_id VARCHAR, "
        f"published_at TIMESTAMP, verdict_hash VARCHAR)"
    )
    connection.execute(
        f"INSERT INTO served.{META_SCHEMA}.publication VALUES (?, ?, ?, ?, ?, ?)",
        [
            publication.version,
            publication.fingerprint,
            publication.as_of,
            publication.run_id,
            publication.published_at,
            publication.verdict_hash,
        ],
    )
    connection.execute(
        f"CREATE TABLE served.{META_SCHEMA}.published_table (table_schema VARCHAR, table_name VARCHAR, row_count BIGINT, "
        f"content_hash VARCHAR, description VARCHAR)"
    )
    connection.executemany(
        f"INSERT INTO served.{META_SCHEMA}.published_table VALUES (?, ?, ?, ?, ?)",
        [[one.schema, one.name, one.rows, one.hash, one.description] for one in publication.tables],
    )
    for name, comment in (
        ("publication", "What this file is: one row."),
        ("published_table", "What this file holds, as it was audited before it was served. One row per table."),
    ):
        connection.execute(f"COMMENT ON TABLE served.{META_SCHEMA}.{name} IS {literal(comment)}")


def _unequal(file: Path, why: str) -> PublishError:
    return PublishError(
        f"The snapshot does not read back as it was published: {why}",
        str(file),
        "check the disk and run again; the served version is untouched",
    )
