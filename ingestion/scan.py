"""The query over a readable file: its columns as text, in the file's order."""

from __future__ import annotations

import re
from pathlib import Path

from ingestion.contract import Entry
from ingestion.text import Text
from warehouse.database import literal, quote

MAX_LINE_BYTES = 4 << 20
# Names inside the query that no column of a file has.
LINE = "_salesops_text"
EXTRA = "_salesops_extra_"


def query(text: Text, entry: Entry, numbered: bool) -> str:
    """A SELECT of the file's columns as text, in the file's order; with `_salesops_record` (1-based) when numbered.

    Blank lines are no records. Rows that break the CSV syntax go to the tables _reject_scan and _reject_error.
    """
    number = ", row_number() OVER () AS _salesops_record" if numbered else ""
    if text.shape == "csv":
        shape = dict.fromkeys(text.columns, "VARCHAR")
        more = f", new_line = {literal(text.line_end)}" if text.line_end else ""
        more += "" if text.in_parallel else ", parallel = false"
        table = _read_csv(text.path, shape, text.delimiter, text.contract.quote, text.has_header, more)
        return f"SELECT *{_aliased(text)}{number} FROM {table}"
    if text.shape == "parquet":
        columns = ", ".join(f"CAST({quote(name)} AS VARCHAR) AS {quote(name)}" for name in text.columns)
        place = ", file_row_number + 1 AS _salesops_record" if numbered else ""
        return f"SELECT {columns}{_aliased(text)}{place} FROM read_parquet({pattern_of(text.path)}, file_row_number = true)"
    named = {text.found[column.file_column] for column in entry.columns if column.file_column}
    # What a contract names may be a path; a key of the file's own is only a key, whatever it looks like.
    paths = {name: name if name.startswith("$.") else _key(name) for name in named}
    # Keys that differ by capitals alone are two; columns would be one.
    paths |= {f"{EXTRA}{place}": _key(name) for place, name in enumerate(text.extra)}
    keys = "".join(f", json_extract_string({LINE}, {literal(path)}) AS {quote(name)}" for name, path in sorted(paths.items()))
    numbered_lines = f"SELECT {LINE}{number}, json_valid({LINE}) AS _salesops_valid FROM {read_lines(text.path)}"
    valid_line = f"CASE WHEN _salesops_valid THEN {LINE} END AS {LINE}, {LINE} AS _salesops_line, _salesops_valid"
    record = ", _salesops_record" if numbered else ""
    return f"SELECT *{keys} FROM (SELECT {valid_line}{record} FROM ({numbered_lines}) WHERE trim({LINE}) <> '')"


def _aliased(text: Text) -> str:
    """What expressions read under the contract's name although the file calls it otherwise, or lacks it."""
    cells = {
        label: f"CAST({quote(name)} AS VARCHAR)" if name else "CAST(NULL AS VARCHAR)" for label, name in text.aliased.items()
    }
    return "".join(f", {cell} AS {quote(label)}" for label, cell in cells.items())


def read_lines(path: Path) -> str:
    """A table function that gives the lines of a file as the column `line`."""
    # A control character cannot stand inside a JSON line, so each line is one field.
    return _read_csv(path, {LINE: "VARCHAR"}, "\x01", "", has_header=False)


def pattern_of(path: Path) -> str:
    """A path as an SQL string that no reader takes for a glob."""
    return literal(re.sub(r"([\[*?])", r"[\1]", str(path)))


def _read_csv(path: Path, shape: dict[str, str], delimiter: str, mark: str, has_header: bool, more: str = "") -> str:
    columns = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in shape.items())
    return (
        f"read_csv({pattern_of(path)}, columns = {{{columns}}}, auto_detect = false, header = {str(has_header).lower()}, "
        f"delim = {literal(delimiter)}, quote = {literal(mark)}, escape = {literal(mark)}, strict_mode = true, "
        f"null_padding = false, store_rejects = true, rejects_scan = '_reject_scan', rejects_table = '_reject_error', "
        f"rejects_limit = 0, max_line_size = {MAX_LINE_BYTES}{more})"
    )


def _key(name: str) -> str:
    escaped = name.replace('"', '\\"')
    return f'$."{escaped}"'
