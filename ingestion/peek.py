"""A look into a file that has no contract yet: its header and its records as text, wherever the table begins and ends.

This is the only place that sniffs. What it finds is proposed to a person and written into a contract; runs read contracts.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from ingestion import labels
from ingestion.excel_files import workbook
from ingestion.text import UnreadableError
from ingestion.unpack import is_packed, start_of
from warehouse.errors import InboxError

MAX_RECORDS = 100_000
MAX_BYTES = 256 << 20
MAX_DEPTH = 5
DELIMITERS = (",", ";", "\t", "|")
ENDINGS = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
# What a file is that only looks like a table, by its first bytes.
DISGUISES = {
    b"%PDF": "a PDF document",
    b"<!DOC": "a web page",
    b"<htm": "a web page",
    b"<tab": "a web page",
    b"<?xml": "an XML document",
    b"\xd0\xcf\x11\xe0": "an Excel file of the old kind (.xls)",
}
_FILLED = 0.6


@dataclass(frozen=True)
class Peek:
    """What lies in a file.

    `places` are the lines (or the sheet's rows) of the records, from 1; `footer` are the texts below the last record;
    `odd` are the places of records with another number of cells than the header. What JSON nests is a column for each value
    (`$.who.email`); `nests` are the keys that hold such.
    """

    path: Path
    format: str
    encoding: str
    delimiter: str
    sheet: str
    skip_lines: int
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    places: tuple[int, ...]
    footer: tuple[str, ...]
    odd: tuple[int, ...]
    nests: tuple[str, ...] = ()

    def values(self, label: str) -> list[str]:
        """The filled cells of a column, without the blanks around them."""
        index = self.header.index(label)
        return [row[index].strip() for row in self.rows if row[index].strip()]

    @property
    def ending(self) -> str:
        """The file's ending as a contract's path needs it, compression included."""
        suffixes = [suffix.lower() for suffix in self.path.suffixes]
        return "".join(suffixes[-2:]) if is_packed(self.path.name) else "".join(suffixes[-1:])


def peek(path: Path) -> Peek:
    """Look into a CSV or JSON lines file (also .gz, .zip, .zst), an Excel or a Parquet file.

    Raises:
        InboxError: it is missing, empty, no table, or of a kind that is not read.
    """
    kind = _kind(path)
    if kind == "xlsx":
        return _excel(path)
    if kind == "parquet":
        return _parquet(path)
    encoding, text = _decode(path)
    return _json_lines(path, encoding, text) if kind == "jsonl" else _csv(path, encoding, text)


def _kind(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except OSError as error:
        raise InboxError(f"The file cannot be read: {error.strerror}", str(path), "check its name and its rights") from error
    if not start:
        raise InboxError("The file is empty", str(path), "export it again; a CSV has at least a header")
    disguise = next((name for mark, name in DISGUISES.items() if start.lstrip(b"\xef\xbb\xbf \r\n").startswith(mark)), None)
    if disguise:
        raise InboxError(
            f"It is {disguise}, whatever its name says",
            str(path),
            "export it as CSV (in Salesforce: Export, Details Only) or .xlsx",
        )
    suffixes = [suffix.lower() for suffix in path.suffixes]
    packed = is_packed(path.name)
    last = suffixes[-2] if len(suffixes) > 1 and packed else (suffixes[-1] if suffixes else "")
    if last not in ENDINGS:
        raise InboxError(
            f"Files that end in {last or 'nothing'} are not looked into", str(path), f"export it as one of {', '.join(ENDINGS)}"
        )
    if packed and ENDINGS[last] in {"xlsx", "parquet"}:
        raise InboxError(f"A compressed {last} file is not looked into", str(path), "unpack it first")
    return ENDINGS[last]


def _decode(path: Path) -> tuple[str, str]:
    try:
        if is_packed(path.name):
            data = start_of(path, MAX_BYTES)
        else:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES)
    except (OSError, UnreadableError) as error:
        raise InboxError(f"The file cannot be read: {error}", str(path), "export it again") from error
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", data.decode("utf-16", errors="replace")
    if b"\0" in data:
        raise InboxError("It holds NUL bytes, so it is no text", str(path), "export it as CSV in UTF-8, or as .xlsx")
    try:
        # A character may be cut where the reading ends.
        return "utf-8", codecs.getincrementaldecoder("utf-8-sig")().decode(data, final=len(data) < MAX_BYTES)
    except UnicodeDecodeError:
        pass
    try:
        return "cp1252", data.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1", data.decode("latin-1")


def _csv(path: Path, encoding: str, text: str) -> Peek:
    delimiter = max(DELIMITERS, key=lambda mark: _regularity(text, mark))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    records: list[list[str]] = []
    places: list[int] = []
    try:
        before = 0
        for record in reader:
            if any(cell.strip() for cell in record):
                records.append(record)
                places.append(before + 1)
            before = reader.line_num
            if len(records) > MAX_RECORDS:
                break
    except csv.Error as error:
        raise InboxError(f"It is no CSV: {error}", f"{path}, line {reader.line_num}", "export it again") from error
    return _table(path, "csv", records, places, encoding=encoding, delimiter=delimiter)


def _regularity(text: str, delimiter: str) -> tuple[int, int]:
    """How well a delimiter fits: the records of one common width above one cell, then that width."""
    sample = io.StringIO(text[:200_000], newline="")
    try:
        widths = Counter(len(record) for record in csv.reader(sample, delimiter=delimiter) if record)
    except csv.Error:
        return 0, 0
    width, times = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(0, 0))
    return (times, width) if width > 1 else (0, 0)


def _excel(path: Path) -> Peek:
    try:
        with workbook(path) as book:
            sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except UnreadableError as error:
        raise InboxError(
            f"The file cannot be read: {error}", str(path), "save it again as .xlsx, without a password"
        ) from error
    sheet = max(sheets, key=lambda name: len(sheets[name]), default="")
    records, places = [], []
    for number, row in enumerate(sheets.get(sheet, []), start=1):
        cells = [cell_text(value) for value in row]
        if any(cells):
            records.append(cells)
            places.append(number)
    return _table(path, "xlsx", records, places, sheet=sheet if len(sheets) > 1 else "")


def cell_text(value: Any) -> str:
    """A cell of a sheet as a CSV would say it: ISO dates, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time(0) else value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def _parquet(path: Path) -> Peek:
    try:
        with duckdb.connect() as connection:
            found = connection.execute(
                f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet(?) LIMIT {MAX_RECORDS}", [str(path)]
            )
            header = [column[0] for column in found.description or []]
            rows = [[cell or "" for cell in row] for row in found.fetchall()]
    except duckdb.Error as error:
        raise InboxError(
            f"It is no readable Parquet file: {str(error).splitlines()[0]}", str(path), "export it again"
        ) from error
    return _table(path, "parquet", [header, *rows], list(range(len(rows) + 1)))


def _json_lines(path: Path, encoding: str, text: str) -> Peek:
    found: list[dict[str, Any]] = []
    places: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or len(found) >= MAX_RECORDS:
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise InboxError(f"The line is no JSON: {error.msg}", f"{path}, line {number}", "export JSON lines") from error
        if not isinstance(record, dict):
            raise InboxError("The line is no JSON object", f"{path}, line {number}", "export one object a line")
        found.append(record)
        places.append(number)
    flat = [dict(_leaves(record)) for record in found]
    header = list(dict.fromkeys(key for record in flat for key in record))
    rows = [[_json_text(record.get(key)) for key in header] for record in flat]
    nests = tuple(dict.fromkeys(key for record in found for key, value in record.items() if isinstance(value, dict)))
    return replace(_table(path, "jsonl", [header, *rows], [0, *places], encoding=encoding), nests=nests)


def _leaves(record: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """The values of a record by key, those inside of it by path; a key that no path can name keeps its value whole."""
    for key, value in record.items():
        is_nest = isinstance(value, dict) and value and re.fullmatch(r"\w+", key) and path.count(".") < MAX_DEPTH
        if is_nest and all(re.fullmatch(r"\w+", inner) for inner in value):
            yield from _leaves(value, f"{path or '$'}.{key}")
        else:
            yield (f"{path}.{key}" if path else key), value


def _json_text(value: Any) -> str:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return cell_text(value)


def _table(
    path: Path,
    kind: str,
    records: Sequence[Sequence[str]],
    places: Sequence[int],
    encoding: str = "utf-8",
    delimiter: str = ",",
    sheet: str = "",
) -> Peek:
    """Header, records and footer among everything that is written in a file."""
    if not records:
        raise InboxError("The file holds no table", str(path), "export it again; the first line of a table names its columns")
    widths = Counter(_width(record) if kind == "xlsx" else len(record) for record in records)
    width = max(widths, key=lambda item: (widths[item] * (item > 1), item)) if kind == "csv" else max(widths)
    top = next((i for i, record in enumerate(records) if _is_header(record, width, kind)), None)
    if top is None:
        raise InboxError("No line names the columns", str(path), "export the table with its header")
    last = len(records)
    while last > top + 1 and _is_footer(records[last - 1], width):
        last -= 1
    header = [cell.strip() or f"column_{index}" for index, cell in enumerate(records[top][:width], start=1)]
    doubled = next((name for name, times in Counter(name.casefold() for name in header).items() if times > 1), None)
    if doubled:
        raise InboxError(f"Two columns are called {doubled!r}", str(path), "rename one of them in the report, and export again")
    body = range(top + 1, last)
    fitting = [i for i in body if kind != "csv" or len(records[i]) == width]
    return Peek(
        path=path,
        format=kind,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        skip_lines=max(places[top] - 1, 0) if kind in ("csv", "xlsx") else 0,
        header=tuple(header),
        rows=tuple(tuple([*records[i], *[""] * width][:width]) for i in fitting),
        places=tuple(places[i] for i in fitting),
        footer=tuple(records[i][0].strip() for i in range(last, len(records))),
        odd=tuple(places[i] for i in body if kind == "csv" and len(records[i]) != width),
    )


def _width(record: Sequence[str]) -> int:
    return max((index for index, cell in enumerate(record, start=1) if cell.strip()), default=0)


def _is_header(record: Sequence[str], width: int, kind: str) -> bool:
    filled = [cell for cell in record if cell.strip()]
    fits = len(record) == width or (kind == "xlsx" and _width(record) == width)
    return fits and len(filled) >= _FILLED * width and not any(re.fullmatch(r"[\d.,]+", cell.strip()) for cell in filled)


def _is_footer(record: Sequence[str], width: int) -> bool:
    """Below a table stand single texts (a notice, who exported it), and totals."""
    first = record[0].strip() if record else ""
    return width > 1 and bool(first) and (not any(cell.strip() for cell in record[1:]) or labels.is_footer(first))
