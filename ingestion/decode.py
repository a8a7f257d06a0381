"""From landed bytes to text that DuckDB reads as the contract says: encoding, header, and the query over it."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion.contract import Contract, Entry
from ingestion.landing import Landed, blocks
from warehouse.database import literal, quote

HEADER_BYTES = 1 << 20
MAX_LINE_BYTES = 4 << 20
UTF8 = ("utf-8", "utf-8-sig", "ascii")
LINE = "line"


class UnreadableError(Exception):
    """A file that does not match its contract as a whole. The message says why, for a person."""


@dataclass(frozen=True)
class Text:
    """A file ready to be read: UTF-8 at `path`; `columns` are the header's (CSV) or the keys that are read (JSON lines)."""

    path: Path
    contract: Contract
    columns: tuple[str, ...]
    extra: tuple[str, ...]
    absent: tuple[str, ...]


def decode(landed: Landed, contract: Contract, scratch: Path, connection: duckdb.DuckDBPyConnection) -> Text:
    """Check a landed file against the shape its contract promises.

    Raises:
        UnreadableError: wrong encoding, NUL bytes, empty, a column missing or doubled.
    """
    if landed.size == 0:
        raise UnreadableError("the file is empty: not even a header")
    path = landed.path
    if contract.encoding in UTF8:
        if landed.has_nul:
            raise UnreadableError(f"it holds NUL bytes, so it is not {contract.encoding} text (UTF-16 perhaps?)")
    else:
        path = _transcode(landed, contract.encoding, scratch)
    return _json_lines(path, contract, connection) if contract.format == "jsonl" else _csv(path, contract)


def query(text: Text, entry: Entry, numbered: bool) -> str:
    """A SELECT of the file's columns as text, in the file's order; with `_record` (1-based) when numbered.

    Blank lines are no records. Rows that break the CSV syntax go to the tables _reject_scan and _reject_error.
    """
    number = ", row_number() OVER () AS _record" if numbered else ""
    if text.contract.format == "csv":
        shape = dict.fromkeys(text.columns, "VARCHAR")
        delimiter, mark, header = text.contract.delimiter, text.contract.quote, "true"
        return f"SELECT *{number} FROM {_read_csv(text.path, shape, delimiter, mark, header)}"
    # A control character cannot stand inside a JSON line, so each line is one field.
    lines = _read_csv(text.path, {LINE: "VARCHAR"}, "\x01", "", "false")
    keys = "".join(f", json_extract_string({LINE}, {literal(_json_path(key))}) AS {quote(key)}" for key in _keys(entry, text))
    numbered_lines = f"SELECT {LINE}{number}, json_valid({LINE}) AS _valid FROM {lines}"
    valid_line = f"CASE WHEN _valid THEN {LINE} END AS {LINE}, {LINE} AS _line, _valid"
    record = ", _record" if numbered else ""
    return f"SELECT *{keys} FROM (SELECT {valid_line}{record} FROM ({numbered_lines}) WHERE trim({LINE}) <> '')"


def _read_csv(path: Path, shape: dict[str, str], delimiter: str, mark: str, header: str) -> str:
    columns = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in shape.items())
    pattern = re.sub(r"([\[*?])", r"[\1]", str(path))
    return (
        f"read_csv({literal(pattern)}, columns = {{{columns}}}, auto_detect = false, header = {header}, "
        f"delim = {literal(delimiter)}, quote = {literal(mark)}, escape = {literal(mark)}, strict_mode = true, "
        f"null_padding = false, store_rejects = true, rejects_scan = '_reject_scan', rejects_table = '_reject_error', "
        f"rejects_limit = 0, max_line_size = {MAX_LINE_BYTES})"
    )


def _transcode(landed: Landed, encoding: str, scratch: Path) -> Path:
    target = scratch / f"{landed.sha256}.utf8"
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    done = 0
    try:
        with target.open("w", encoding="utf-8", newline="") as out:
            for block in blocks(landed.path):
                out.write(decoder.decode(block))
                done += len(block)
            out.write(decoder.decode(b"", final=True))
    except UnicodeDecodeError as error:
        target.unlink(missing_ok=True)
        raise UnreadableError(f"byte {done + error.start} is not {encoding}, the encoding its contract says") from error
    return target


def _csv(path: Path, contract: Contract) -> Text:
    with path.open("rb") as file:
        start = file.read(HEADER_BYTES)
    try:
        opening = codecs.getincrementaldecoder("utf-8-sig")(errors="strict").decode(start)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"byte {error.start} is not utf-8, the encoding its contract says") from error
    reader = csv.reader(io.StringIO(opening), delimiter=contract.delimiter, quotechar=contract.quote, strict=True)
    try:
        header = [name.strip() for name in next(filter(None, reader), [])]
    except csv.Error as error:
        raise UnreadableError(f"the header cannot be read: {error}") from error
    if not any(header):
        raise UnreadableError("the file has no header")
    header = [name or f"column_{index}" for index, name in enumerate(header, start=1)]
    folded: dict[str, str] = {}
    for name in header:
        if name.casefold() in folded:
            raise UnreadableError(f"the header names the column {name!r} twice")
        folded[name.casefold()] = name
    wanted = {
        column.file_column: column.required for entry in contract.entries for column in entry.columns if column.file_column
    }
    missing = [name for name, required in wanted.items() if required and name.casefold() not in folded]
    if missing:
        raise UnreadableError(f"the column {missing[0]!r} is missing; the header has: {', '.join(header[:30])}")
    read = {folded[name.casefold()] for name in wanted if name.casefold() in folded}
    used = {name for entry in contract.entries for column in entry.columns for name in _named_in(column.expression, header)}
    return Text(
        path=path,
        contract=contract,
        columns=tuple(header),
        extra=tuple(name for name in header if name not in read and name not in used),
        absent=tuple(name for name in wanted if name.casefold() not in folded),
    )


def _json_lines(path: Path, contract: Contract, connection: duckdb.DuckDBPyConnection) -> Text:
    lines = _read_csv(path, {LINE: "VARCHAR"}, "\x01", "", "false")
    keys = {
        str(row[0])
        for row in connection.execute(
            f"SELECT DISTINCT unnest(json_keys({LINE})) FROM {lines} WHERE json_valid({LINE}) AND json_type({LINE}) = 'OBJECT'"
        ).fetchall()
    }
    columns = [column for entry in contract.entries for column in entry.columns]
    wanted = {column.file_column for column in columns if column.file_column}
    top = {_top(name) for name in wanted}
    used = {name for column in columns for name in keys if column.expression and name in column.expression}
    return Text(
        path=path,
        contract=contract,
        columns=tuple(sorted(keys)),
        extra=tuple(sorted(keys - top - used)),
        absent=tuple(sorted(name for name in wanted if _top(name) not in keys)),
    )


def _keys(entry: Entry, text: Text) -> list[str]:
    named = {column.file_column for column in entry.columns if column.file_column}
    return sorted(named | set(text.extra))


def _json_path(name: str) -> str:
    if name.startswith("$."):
        return name
    escaped = name.replace('"', '\\"')
    return f'$."{escaped}"'


def _top(name: str) -> str:
    return name[2:].split(".", maxsplit=1)[0].strip('"') if name.startswith("$.") else name


def _named_in(expression: str | None, header: list[str]) -> list[str]:
    return [name for name in header if expression and re.search(rf"\b{re.escape(name)}\b", expression)]
