"""Excel sheets: every cell becomes the text that its contract's formats would write, so that one way of reading holds."""

from __future__ import annotations

import csv
import datetime as dt
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from ingestion.contract import Column, Contract, Formats
from ingestion.csv_files import MAX_FOOTER_LINES
from ingestion.text import Text, UnreadableError, match
from ingestion.unpack import ALWAYS_ALLOWED, MAX_RATIO

# A sheet is held in memory while it is read.
MAX_SHEET = 512 << 20
WHOLE = 1e15


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


def _rows(path: Path, sheet: str) -> list[list[Any]]:
    import python_calamine as calamine  # noqa: PLC0415 - only for Excel files

    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > min(MAX_SHEET, ALWAYS_ALLOWED + MAX_RATIO * path.stat().st_size):
            raise UnreadableError(f"unpacked the workbook is {size >> 20} MB, more than is read; export CSV instead")
        with calamine.load_workbook(str(path)) as book:
            if sheet and sheet not in book.sheet_names:
                raise UnreadableError(f"it has no sheet {sheet!r}; its sheets are {', '.join(book.sheet_names)}")
            name = sheet or book.sheet_names[0]
            return book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError, IndexError) as error:
        raise UnreadableError(f"it is not an Excel workbook that can be read: {error}") from error


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
        return (formats.true_words if cell else formats.false_words)[0]
    if isinstance(cell, float | int):
        number = str(int(cell)) if abs(cell) < WHOLE and cell == int(cell) else f"{Decimal(f'{cell:.15g}'):f}"
        return number if kind == "VARCHAR" else number.replace(".", formats.decimal_mark)
    if isinstance(cell, dt.datetime | dt.date):
        patterns = formats.date_formats if kind == "DATE" else formats.timestamp_formats if kind == "TIMESTAMP" else ()
        if patterns:
            return cell.strftime(patterns[0])
        midnight = isinstance(cell, dt.datetime) and cell.time() == dt.time() and kind != "TIMESTAMP"
        return str(cell.date() if midnight and isinstance(cell, dt.datetime) else cell)
    return str(cell)
