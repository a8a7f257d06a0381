"""Loads one landed file into the raw tables: all of its good records, or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from ingestion import canonical
from ingestion.contract import Contract
from ingestion.csv_files import is_read_right, require_no_record
from ingestion.decode import decoded
from ingestion.landing import Landed
from ingestion.origin import Origin
from ingestion.projection import Projection
from ingestion.rejects import REPEATED, Reject, record_rejects, syntax_rejects
from ingestion.scan import query
from ingestion.text import Text, UnreadableError
from warehouse.database import literal, quote
from warehouse.errors import disk_full, is_disk_full

Seal = Callable[["LoadResult"], None]


@dataclass(frozen=True)
class ObjectCount:
    """Records of one object in one file: read = loaded + rejected; `rows` are those stored (repeats collapse).

    `lost` are the rejected ones of which nothing is stored: all but further records of a key that is.
    """

    object: str
    read: int
    loaded: int
    rejected: int
    rows: int
    lost: int


@dataclass(frozen=True)
class LoadResult:
    """What came of one file. `as_of` is the largest value of the columns marked asOf; JSON has no header.

    `empty` are the columns of the file that give no record a value.
    """

    counts: list[ObjectCount]
    rejects: list[tuple[str, Reject]]
    extra: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    as_of: dt.datetime | None = None
    has_header: bool = True
    empty: tuple[str, ...] = ()


def load(
    connection: duckdb.DuckDBPyConnection,
    landed: Landed,
    name: str,
    contract: Contract,
    origin: Origin,
    scratch: Path,
    seal: Seal,
    is_accepted: bool = False,
) -> LoadResult:
    """Decode, type and store one file in one transaction.

    Args:
        connection: the build file.
        landed: the file's bytes.
        name: its name in the inbox.
        contract: how to read them.
        origin: its source, sha256 and extract time.
        scratch: a folder for copies, which are removed afterwards.
        seal: called with the result before the transaction is committed; what it raises undoes the load.
        is_accepted: a person takes it although more of its records are rejected than the contract allows.

    Raises:
        UnreadableError: the file does not match its contract; nothing was stored.
        DiskFullError: nothing was stored.
    """
    try:
        with decoded(landed, name, contract, scratch, connection) as text:
            feeds = landed.marks.feeds if text.path == landed.path else None
            connection.execute("BEGIN")
            try:
                try:
                    result = _store(connection, text, origin, feeds)
                except _MisreadError:
                    connection.execute("ROLLBACK")
                    connection.execute("BEGIN")
                    result = _store(connection, replace(text, in_parallel=False), origin)
                if text.shape == "csv" and not any(count.read for count in result.counts):
                    require_no_record(text)
                if not is_accepted:
                    require_enough(result, contract.max_rejected_share)
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
        raise UnreadableError(_plain(error)) from error
    except OSError as error:
        if is_disk_full(error):
            raise disk_full(error, str(scratch)) from error
        raise


def extract_time(
    connection: duckdb.DuckDBPyConnection, landed: Landed, name: str, contract: Contract, scratch: Path
) -> dt.datetime | None:
    """When a file was extracted, as its contract says: by its name, or by the largest value of one of its columns.

    Raises:
        UnreadableError: the name or the column holds no time of the contract's format.
    """
    time = contract.extract_time
    if time is None:
        return None
    if not time.column:
        try:
            return time.of_name(name)
        except ValueError as error:
            raise UnreadableError(f"the extract time in its name cannot be read: {error}") from error
    try:
        with decoded(landed, name, contract, scratch, connection) as text:
            if time.column not in text.columns:
                raise UnreadableError(f"the column {time.column!r}, which says when it was extracted, is missing")
            moment = f"CAST(try_strptime({quote(time.column)}, {literal(time.format)}) AS TIMESTAMP)"
            records = query(replace(text, in_parallel=False), contract.entries[0], numbered=False)
            (latest,) = _one(connection, f"SELECT max({moment}) FROM ({records})")
    except duckdb.Error as error:
        raise UnreadableError(_plain(error)) from error
    if latest is None:
        raise UnreadableError(f"the column {time.column!r} holds no time of the format {time.format}")
    return latest  # type: ignore[no-any-return]


def remove(connection: duckdb.DuckDBPyConnection, origin: Origin, objects: Iterable[str]) -> None:
    """Take one load out of the raw tables of the objects that it fed."""
    for name in objects:
        connection.execute(f"DELETE FROM {canonical.SCHEMA}.{quote(canonical.table_name(name))} WHERE {origin.any_entry}")


class _MisreadError(Exception):
    """Several threads may have read a file wrong; one alone reads it right."""


def _store(connection: duckdb.DuckDBPyConnection, text: Text, origin: Origin, feeds: int | None = None) -> LoadResult:
    counts: list[ObjectCount] = []
    rejects: list[tuple[str, Reject]] = []
    moments: list[dt.datetime] = []
    empty: set[str] = set()
    filled: set[str] = set()
    for entry in text.contract.entries:
        place = 1 + sum(count.object == entry.object for count in counts)
        projection = Projection.of(text, entry, entry.target)
        count, rejected, seen = _store_entry(connection, projection, origin.entry(place), feeds)
        moments += seen.latest
        for column in entry.columns:
            if column.file_column in text.found:
                (filled if seen.values.get(column.name) else empty).add(str(column.file_column))
        counts.append(count)
        rejects += [(entry.object, reject) for reject in rejected]
    return LoadResult(
        counts,
        rejects,
        text.extra,
        text.absent,
        max(moments, default=None),
        text.shape != "jsonl",
        tuple(sorted(empty - filled)),
    )


def _store_entry(
    connection: duckdb.DuckDBPyConnection, projection: Projection, origin: Origin, feeds: int | None
) -> tuple[ObjectCount, list[Reject], _Seen]:
    """Append every record and take out those that fail: one pass over the file where none does, which is the rule."""
    raw = projection.target.sql_name
    for table in ("_reject_scan", "_reject_error"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute("SET preserve_insertion_order = false")
    try:
        (appended,) = _one(
            connection,
            f"INSERT INTO {raw} BY NAME SELECT {projection.values}, {origin.provisional(projection.bad)} "
            f"FROM ({projection.source(numbered=False)})",
        )
    except duckdb.InvalidInputException as error:
        if is_read_right(projection.text, 0, 1):
            raise
        raise _MisreadError from error
    finally:
        connection.execute("SET preserve_insertion_order = true")
    rejects, broken = syntax_rejects(connection, projection.text)
    if not is_read_right(projection.text, appended, len(broken), feeds):
        raise _MisreadError
    (bad,) = _one(connection, f"DELETE FROM {raw} WHERE {origin.bad_condition}")
    seen = _looked_over(connection, projection, origin)
    keys = seen.hashes
    if bad or keys < appended - bad:
        rejects += record_rejects(connection, projection, broken, origin)
        (keys,) = _one(connection, f"SELECT count(*) FROM {raw} WHERE {origin.condition}")
        seen = _looked_over(connection, projection, origin)
    read = appended + len(broken)
    lost = sum(reject.reason != REPEATED for reject in rejects)
    return ObjectCount(projection.entry.object, read, read - len(rejects), len(rejects), keys, lost), rejects, seen


@dataclass(frozen=True)
class _Seen:
    """What was stored: the distinct hashes of its keys, the largest values of columns marked asOf, the values of each column.

    As many hashes as records: no key comes twice. Fewer may be chance, and only then the keys themselves are compared.
    """

    hashes: int
    latest: list[dt.datetime]
    values: dict[str, int]


def _looked_over(connection: duckdb.DuckDBPyConnection, projection: Projection, origin: Origin) -> _Seen:
    marked = [f"max(CAST({quote(column.name)} AS TIMESTAMP))" for column in projection.columns if column.as_of]
    names = [column.name for column in projection.columns]
    wanted = [f"count(DISTINCT hash({projection.key}))", *marked, *(f"count({quote(name)})" for name in names)]
    found = _one(connection, f"SELECT {', '.join(wanted)} FROM {projection.target.sql_name} WHERE {origin.condition}")
    latest = [moment for moment in found[1 : 1 + len(marked)] if moment is not None]
    return _Seen(found[0], latest, dict(zip(names, found[1 + len(marked) :], strict=True)))


def require_enough(result: LoadResult, max_share: float) -> None:
    """Refuse a file of which too many records are rejected.

    Raises:
        UnreadableError: more than that share; names the first, without its value.
    """
    for count in result.counts:
        if count.rejected > max_share * count.read:
            first = min((reject for name, reject in result.rejects if name == count.object), key=lambda reject: reject.line)
            raise UnreadableError(
                f"{count.rejected:,} of {count.read:,} records cannot be read, more than {max_share:.0%}; the first is "
                f"line {first.line}, column {first.column!r}: {first.reason}"
            )


def _plain(error: duckdb.Error) -> str:
    """What DuckDB says of a file, without the values that it may quote: reasons are kept for good."""
    kind = str(error).split(":", maxsplit=1)[0]
    hint = "its line ends are mixed, or a quote is not closed" if "state machine" in str(error) else "see quarantine show"
    return f"it cannot be read as its contract says ({kind}: {hint})"


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row
