"""Excel sheets: every cell becomes the text that its contract's formats would write, so that one way of reading holds."""

from __future__ import annotations

import csv
import datetime as dt
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingestion.contract import Column, Contract, Formats
from ingestion.csv_files import MAX_FOOTER_LINES
from ingestion.text import Text, UnreadableError, match
from ingestion.unpack import ALWAYS_ALLOWED, MAX_RATIO

# A sheet is held in memory while it is read.
MAX_SHEET = 512 << 20
# A sheet with one cell in its last corner would be held as billions of empty ones.
MAX_CELLS = 20_000_000
_PLACE = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')


def read_excel_file(path: Path, contract: Contract, scratch: Path) -> Text:
    """One sheet of a workbook (the one that the contract names, or the only or first one), its first rows and footer left out.

    Raises:
        UnreadableError: it is no workbook, has no such sheet, or its header does not fit the contract.
    """
    rows = _rows(path, contract.sheet)
    body = [(number, row) for number, row in enumerate(rows, start=1) if number > contract.skip_lines]
    body = _without_footer([(number, row) for number, row in body if any(cell != "" for cell in row)], contract.footer)
    if contract.header:
        header = list(contract.header)
    elif body:
        header = [str(cell).strip() or f"column_{index}" for index, cell in enumerate(body.pop(0)[1], start=1)]
    else:
        raise UnreadableError("the sheet is empty: not even a header")
    text = match(scratch, "csv", contract, header, places=[number for number, _ in body])
    readers = {text.found[name]: c for c in contract.columns if (name := c.file_column) and name in text.found}
    columns = [readers.get(name) for name in header]
    with scratch.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(header)
        for number, row in body:
            if any(cell != "" for cell in row[len(header) :]):
                raise UnreadableError(f"row {number} of the sheet is longer than the header")
            filled = [*row, *[""] * (len(header) - len(row))]
            writer.writerow([_text(cell, column) for cell, column in zip(filled, columns, strict=False)])
    return text


@contextmanager
def workbook(path: Path) -> Iterator[Any]:
    """An open workbook that is no larger, unpacked or by the span of its cells, than what is read.

    Raises:
        UnreadableError: it is larger, or no workbook.
    """
    import python_calamine as calamine  # noqa: PLC0415 - only for Excel files

    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > min(MAX_SHEET, ALWAYS_ALLOWED + MAX_RATIO * path.stat().st_size):
            raise UnreadableError(f"unpacked the workbook is {size >> 20} MB, more than is read; export CSV instead")
        _require_cells(path)
        with calamine.load_workbook(str(path)) as book:
            yield book
    except (calamine.CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError, IndexError, RuntimeError) as error:
        raise UnreadableError(f"it is not an Excel workbook that can be read: {error}") from error


def _rows(path: Path, sheet: str) -> list[list[Any]]:
    with workbook(path) as book:
        if sheet and sheet not in book.sheet_names:
            raise UnreadableError(f"it has no sheet {sheet!r}; its sheets are {', '.join(book.sheet_names)}")
        rows: list[list[Any]] = book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python(skip_empty_area=False)
        return rows


def _require_cells(path: Path) -> None:
    """Refuse a sheet whose cells span more than is read; it is looked at before anything is made of it."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                continue
            rows = columns = 0
            tail = b""
            with archive.open(name) as sheet:
                while block := sheet.read(1 << 20):
                    for found in _PLACE.finditer(tail + block):
                        columns = max(columns, _column_number(found.group(1)))
                        rows = max(rows, int(found.group(2)))
                    tail = block[-32:]
            if rows * columns > MAX_CELLS:
                raise UnreadableError(
                    f"its sheet spans {rows:,} rows and {columns:,} columns, more than is read; export CSV instead"
                )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _without_footer(body: list[tuple[int, list[Any]]], pattern: str) -> list[tuple[int, list[Any]]]:
    if not pattern:
        return body
    footer = re.compile(pattern)
    for index, (_, row) in enumerate(body):
        first = next((str(cell) for cell in row if cell != ""), "")
        if footer.match(first):
            if len(body) - index > MAX_FOOTER_LINES:
                raise UnreadableError(
                    f"after a row that looks like its footer come more than {MAX_FOOTER_LINES} rows: they may be records"
                )
            return body[:index]
    return body


def _text(cell: Any, column: Column | None) -> str:
    formats = column.formats if column else Formats()
    kind = column.sql_type if column else "VARCHAR"
    if isinstance(cell, bool):
        words = formats.true_words if cell else formats.false_words
        return words[0] if words else str(cell).lower()
    if isinstance(cell, float | int):
        number = str(int(cell)) if cell == int(cell) else f"{Decimal(f'{cell:.15g}'):f}"
        return number if kind == "VARCHAR" else number.replace(".", formats.decimal_mark)
    if isinstance(cell, dt.datetime | dt.date):
        patterns = formats.date_formats if kind == "DATE" else formats.timestamp_formats if kind == "TIMESTAMP" else ()
        whole = cell if isinstance(cell, dt.datetime) else dt.datetime.combine(cell, dt.time())
        for pattern in patterns:
            # Not with a format that would lose a century or the time.
            if dt.datetime.strptime(whole.strftime(pattern), pattern) == whole:
                return whole.strftime(pattern)
        midnight = isinstance(cell, dt.datetime) and cell.time() == dt.time() and kind != "TIMESTAMP"
        return str(cell.date() if midnight and isinstance(cell, dt.datetime) else cell)
    return str(cell)
