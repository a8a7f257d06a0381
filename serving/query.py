"""One reading statement on what is served now, in a session that can neither write nor reach anything else."""

from __future__ import annotations

import difflib
import json
import re
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from serving import snapshots
from serving.model import META_SCHEMA
from warehouse.database import literal
from warehouse.errors import ConfigurationError, StateError, disk_full, is_disk_full

READING = {"SELECT", "EXPLAIN"}
_HARDENED = (
    "SET errors_as_json = true",  # gives the place of an error as a number
    "SET python_enable_replacements = false",  # or a table's name could mean a variable of this process
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
_MISSING_TABLE = re.compile(r'Table with name "?(?P<name>.+?)"? does not exist')


class QueryError(ConfigurationError):
    """A query that cannot be answered as it is written."""


def query(serving: Path, sql: str) -> pa.Table:
    """Run one reading statement on the current snapshot.

    Args:
        serving: the serving folder.
        sql: one SELECT (WITH, FROM, VALUES, PIVOT, DESCRIBE, SHOW and SUMMARIZE too) or EXPLAIN.

    Returns:
        The result as an Arrow table, with DuckDB's types.

    Raises:
        StateError: nothing was published yet, or the served file is damaged.
        QueryError: not one reading statement, an unknown table (with the closest names and the list of tables), or any other
            error in the statement with its line and column.
        DiskFullError: no space for what the query had to spill.
    """
    with _session(serving) as connection:
        try:
            _require_reading(connection, sql)
            # Not connection.sql(), which DuckDB 2 recommends here: its errors come without their place.
            result = connection.execute(sql)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                return result.to_arrow_table()
        except duckdb.Error as error:
            if is_disk_full(error):
                raise disk_full(error, tempfile.gettempdir()) from error
            raise _explained(connection, sql, error) from error


@contextmanager
def _session(serving: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory(prefix="salesops-query-", ignore_cleanup_errors=True) as spill:
        try:
            with snapshots.opened(snapshots.current_file(serving)) as connection:
                # Next to the snapshot, where DuckDB would spill by itself, a reader may not be allowed to write.
                connection.execute(f"SET temp_directory = {literal(spill)}")
                for setting in _HARDENED:
                    connection.execute(setting)
                yield connection
        except FileNotFoundError as error:
            raise StateError("Nothing has been published yet", str(serving), "run `salesops run` first") from error


def _require_reading(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    statements = connection.extract_statements(sql)
    kinds = [statement.type.name for statement in statements]
    if not kinds:
        raise QueryError("There is no statement in the query", "", "write one, such as: FROM kpi.daily_sales LIMIT 10")
    # A PIVOT is one statement for its author, and two (the first with no text of its own) or a MULTI for DuckDB.
    if kinds == ["MULTI"] or (kinds == ["CREATE", "SELECT"] and not any(statement.query for statement in statements)):
        return
    if len(kinds) > 1:
        raise QueryError(f"The query has {len(kinds)} statements", "", "run them one by one")
    if kinds[0] not in READING:
        raise QueryError(
            f"{kinds[0].replace('_', ' ')} is not a reading statement, and the served data cannot be changed",
            "",
            "write a SELECT; to change what is served, run `salesops run` or `salesops publish`",
        )


def _explained(connection: duckdb.DuckDBPyConnection, sql: str, error: duckdb.Error) -> QueryError:
    details = _details(error)
    message = " ".join(str(details["exception_message"]).split())
    missing = _MISSING_TABLE.match(message)
    place = _place(sql, details.get("position"))
    if missing and details.get("type", "Table") in ("Table", "View"):
        return _unknown_table(connection, _as_written(sql, details, missing["name"]), place)
    if details.get("exception_type") == "Permission":
        return QueryError(message, place, "query only what is published; files and extensions are out of reach here")
    if "read-only mode" in message:
        return QueryError("The served data cannot be changed", place, "write a SELECT")
    return QueryError(message, place, "correct the statement and run it again")


def _unknown_table(connection: duckdb.DuckDBPyConnection, name: str, place: str) -> QueryError:
    tables = [
        str(row[0])
        for row in connection.execute(
            f"SELECT table_schema || '.' || table_name FROM information_schema.tables "
            f"ORDER BY table_schema = {literal(META_SCHEMA)}, 1"
        ).fetchall()
    ]
    close = closest(name, tables)
    meant = f"did you mean {' or '.join(close)}? " if close else ""
    return QueryError(f"There is no table {name}", place, f"{meant}Published are: {', '.join(tables)}")


def closest(name: str, tables: list[str]) -> list[str]:
    """Up to three tables (schema.table) that a mistyped or unqualified name may have meant, the likeliest first."""
    wanted = name.lower()
    # The bare name is compared too, so that a forgotten or wrong schema is found.
    candidates = {table: (table.lower(), table.lower().split(".", 1)[1]) for table in tables}
    bare = wanted.rsplit(".", 1)[-1]
    scored = [
        (max(difflib.SequenceMatcher(None, wanted, full).ratio(), difflib.SequenceMatcher(None, bare, short).ratio()), table)
        for table, (full, short) in candidates.items()
    ]
    return [table for score, table in sorted(scored, key=lambda one: (-one[0], one[1])) if score >= 0.6][:3]


def _details(error: duckdb.Error) -> dict[str, Any]:
    """The parts of DuckDB's message, which is `<kind> Error: <JSON>` in this session."""
    text = str(error)
    start = text.find("{")
    try:
        found = json.loads(text[start:]) if start >= 0 else None
    except ValueError:
        found = None
    if isinstance(found, dict) and "exception_message" in found:
        return found
    return {"exception_message": text}


def _as_written(sql: str, details: dict[str, Any], name: str) -> str:
    """The table's name with the schema that the query gave it, which DuckDB leaves out of its message."""
    try:
        rest = sql.encode("utf-8")[int(details["position"]) :].decode("utf-8", errors="replace")
    except (KeyError, ValueError):
        return name
    found = re.match(r'(?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))*', rest)
    return found[0].replace('"', "") if found else name


def _place(sql: str, position: Any) -> str:
    """Line and column (from 1) of a byte offset, and the text from there to the end of the line."""
    if position is None:
        return ""
    before = sql.encode("utf-8")[: int(position)].decode("utf-8", errors="replace")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    rest = sql[len(before) :].split("\n", 1)[0].strip()
    return f"line {line}, column {column}" + (f", at: {rest[:60]}" if rest else ", at the end")
