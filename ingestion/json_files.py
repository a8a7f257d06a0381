"""JSON files: lines of records, or one document that holds a list of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb

from ingestion.contract import Contract
from ingestion.scan import LINE, read_lines
from ingestion.text import Text, UnreadableError, named_in_expressions

MAX_DOCUMENT = 256 << 20
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def read_json_lines(
    path: Path, contract: Contract, connection: duckdb.DuckDBPyConnection, places: list[int] | None = None
) -> Text:
    """A file of JSON lines. A key that no record has is no missing column: exporters leave out what is empty."""
    keys = {
        str(row[0])
        for row in connection.execute(
            f"SELECT DISTINCT unnest(json_keys({LINE})) FROM {read_lines(path)} "
            f"WHERE json_valid({LINE}) AND json_type({LINE}) = 'OBJECT'"
        ).fetchall()
    }
    wanted: dict[str, str] = {}
    for column in contract.columns:
        if column.file_column:
            names = (column.file_column, *column.aliases)
            wanted[column.file_column] = next((name for name in names if _top(name) in keys), column.file_column)
    used = set(named_in_expressions(contract, sorted(keys)))
    return Text(
        path=path,
        shape="jsonl",
        contract=contract,
        columns=tuple(sorted(keys)),
        found=wanted,
        extra=tuple(sorted(keys - {_top(name) for name in wanted.values()} - used)),
        absent=tuple(sorted(name for name, stands in wanted.items() if _top(stands) not in keys)),
        places=places,
    )


def lines_of_document(path: Path, record_path: str, target: Path) -> list[int]:
    """Write the records of a JSON document as JSON lines; returns the line (1-based) that each begins at.

    Raises:
        UnreadableError: it is no valid JSON, has no list at `record_path`, or is too large to be read at once.
    """
    if path.stat().st_size > MAX_DOCUMENT:
        raise UnreadableError(f"one JSON document of more than {MAX_DOCUMENT >> 20} MB is not read; export JSON lines instead")
    text = path.read_text(encoding="utf-8-sig", errors="strict")
    places: list[int] = []
    line, counted = 1, 0
    try:
        at = _list_at(text, record_path)
        with target.open("w", encoding="utf-8", newline="") as out:
            at = _skip(text, at + 1)
            while text[at] != "]":
                _, end = _DECODER.raw_decode(text, at)
                # A line break outside of a string is white space, and inside of one it is not allowed.
                out.write(text[at:end].replace("\r", " ").replace("\n", " ") + "\n")
                line, counted = line + text.count("\n", counted, at), at
                places.append(line)
                at = _skip(text, end)
                if text[at] == ",":
                    at = _skip(text, at + 1)
                elif text[at] != "]":
                    raise json.JSONDecodeError("Expecting ',' or ']'", text, at)
            if record_path == "$" and text[at + 1 :].strip():
                raise json.JSONDecodeError("Extra data", text, at + 1)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"it is not valid JSON: {error.msg}, line {error.lineno}, column {error.colno}") from error
    except (IndexError, RecursionError, ValueError) as error:
        raise UnreadableError("it is not valid JSON: it ends early, is nested too deeply or holds an endless number") from error
    return places


def _list_at(text: str, record_path: str) -> int:
    """Where the list at a path begins."""
    at = _skip(text, 0)
    for key in record_path.split(".")[1:]:
        at = _value_of(text, at, key, record_path)
    if text[at] != "[":
        raise UnreadableError(f"there is no list of records at {record_path}")
    return at


def _value_of(text: str, at: int, key: str, record_path: str) -> int:
    if text[at] != "{":
        raise UnreadableError(f"there is no list of records at {record_path}")
    at = _skip(text, at + 1)
    while text[at] != "}":
        name, end = _DECODER.raw_decode(text, at)
        at = _skip(text, end)
        if text[at] != ":":
            raise json.JSONDecodeError("Expecting ':'", text, at)
        at = _skip(text, at + 1)
        if name == key:
            return at
        _, end = _DECODER.raw_decode(text, at)
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    raise UnreadableError(f"there is no list of records at {record_path}")


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _top(name: str) -> str:
    return name[2:].split(".", maxsplit=1)[0].strip('"') if name.startswith("$.") else name
