"""Rejected records: on which physical line, in which column, with which value and why."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from ingestion import lines
from ingestion.lines import BrokenRow
from ingestion.origin import Origin
from ingestion.projection import NOT_JSON, Projection
from ingestion.reject_reasons import reason_of
from ingestion.text import Text

MAX_VALUE = 1000
REPEATED = "another record of this file has the same key"
SYNTAX = {
    "expected number of columns": "the row has another number of columns than the header",
    "unterminated quote": "a quote is not closed, or stands inside a value",
    "maximum line size": "the line is longer than a line may be",
    "unicode": "the row is not text in the contract's encoding",
    "utf-8": "the row is not text in the contract's encoding",
}


@dataclass(frozen=True)
class Reject:
    """One rejected record. `line` is physical and 1-based."""

    line: int
    column: str
    value: str
    reason: str


def syntax_rejects(connection: duckdb.DuckDBPyConnection, text: Text) -> tuple[list[Reject], list[BrokenRow]]:
    """Rows that break the CSV syntax, from what DuckDB stored in the last scan; one reject each."""
    if text.shape == "parquet":
        return [], []
    found = connection.execute(
        "SELECT line_byte_position, any_value(csv_line), arg_min(error_message, column_idx), arg_min(column_name, column_idx) "
        "FROM (SELECT * REPLACE (coalesce(column_idx, 0) AS column_idx) FROM _reject_error) GROUP BY 1 ORDER BY 1"
    ).fetchall()
    rows: list[BrokenRow] = []
    rejects: list[tuple[BrokenRow, str, str]] = []
    for position, line, message, column in found:
        # The position counts from 1, and a blank line before a broken row is counted into that row.
        shown = (line or "").lstrip("\r\n")
        row = BrokenRow(int(position) - 1 + len((line or "").encode("utf-8")) - len(shown.encode("utf-8")), shown)
        rows.append(row)
        rejects.append((row, column or "", _plain(str(message))))
    where = lines.of_bytes(text.path, [row.start for row in rows])
    return [
        Reject(_place(text, where.get(row.start, 0)), column, row.text[:MAX_VALUE], why) for row, column, why in rejects
    ], rows


def record_rejects(
    connection: duckdb.DuckDBPyConnection, projection: Projection, broken: list[BrokenRow], origin: Origin
) -> list[Reject]:
    """Records that decode but do not type, and all but one of those that share a key; the raw table keeps the one.

    Reads the file a second time, in order; only a file with such records pays for it.
    """
    p, raw = projection, projection.target.sql_name
    doubled = f"SELECT {p.key} FROM {raw} WHERE {origin.condition} GROUP BY {p.key} HAVING count(*) > 1"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE _again AS WITH typed AS (SELECT {p.values}, {p.bad} AS _bad, {p.bad_text} AS _value, "
        f"_salesops_record FROM ({p.source(numbered=True)})), "
        f"kept AS (SELECT * FROM typed WHERE _bad IS NOT NULL OR ({p.key}) IN ({doubled})) "
        f"SELECT *, row_number() OVER (PARTITION BY _bad, {p.key} ORDER BY {p.best_first}, _salesops_record) AS _place "
        f"FROM kept"
    )
    connection.execute(f"DELETE FROM {raw} WHERE {origin.condition} AND ({p.key}) IN ({doubled})")
    connection.execute(
        f"INSERT INTO {raw} BY NAME SELECT {p.names}, {origin.columns} FROM _again WHERE _bad IS NULL AND _place = 1"
    )
    rejected = connection.execute(
        f"SELECT _salesops_record, _bad, coalesce(_value, ''), concat_ws(', ', {p.key}) FROM _again "
        f"WHERE _bad IS NOT NULL OR (_place > 1 AND NOT {p.entry.keep_one}) ORDER BY _salesops_record"
    ).fetchall()
    connection.execute("DROP TABLE _again")
    where = _lines(p.text, [row[0] for row in rejected], broken)
    return [_reject(where.get(record, 0), bad, value, key, p) for record, bad, value, key in rejected]


def _reject(line: int, bad: int | None, value: str, key: str, projection: Projection) -> Reject:
    if bad is None:
        name = ", ".join(projection.target.key)
        return Reject(line, name, key[:MAX_VALUE], REPEATED)
    if bad == NOT_JSON:
        return Reject(line, "", value[:MAX_VALUE], "not valid JSON")
    column = projection.columns[bad]
    return Reject(line, column.file_column or column.name, value[:MAX_VALUE], reason_of(column, value))


def _lines(text: Text, ordinals: list[int], broken: list[BrokenRow]) -> dict[int, int]:
    if text.places is not None:
        return {ordinal: text.places[ordinal - 1] for ordinal in ordinals}
    if text.shape != "csv":
        return {ordinal: ordinal for ordinal in ordinals}
    found = lines.of_records(text.path, ordinals, broken, text.delimiter, text.contract.quote, text.has_header)
    return {ordinal: line + text.offset for ordinal, line in found.items()}


def _place(text: Text, line: int) -> int:
    """The place in the landed file of a line of the text that was read."""
    return text.places[line - 1] if text.places is not None and 0 < line <= len(text.places) else line + text.offset


def _plain(message: str) -> str:
    first = message.splitlines()[0].strip()
    return next((f"{words} ({first})" for sign, words in SYNTAX.items() if sign in first.lower()), first)
