"""Redaction of files of tables: Parquet and Excel. The types of the columns and the places of the cells stay."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ingestion.contract import Contract
from ingestion.personal_values import Erased, Value, Values
from ingestion.redact_rows import Layout, RowRedaction, emails_in
from ingestion.redact_text import LONG_AGO, Known
from ingestion.text import Text, UnreadableError

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def redact_parquet(source: Path, target: Path, contract: Contract, text: Text, erased: Erased, known: Known) -> bool:
    """Write a Parquet file without the people who are erased; whether anything changed."""
    import pyarrow as pa  # noqa: PLC0415 - only for Parquet files
    import pyarrow.parquet as pq  # noqa: PLC0415

    table = pq.read_table(source)
    rows = RowRedaction(erased, Layout.of(contract, text))
    texts = {
        name: table.column(name).to_pylist()
        for name in table.column_names
        if pa.types.is_string(table.schema.field(name).type) or pa.types.is_large_string(table.schema.field(name).type)
    }
    others = {h: table.column(h).to_pylist() for _, _, hs in rows.layout.keys for h, _ in hs if h not in texts}

    def cell_of(row: int) -> Callable[[str], str | None]:
        def cell(header: str) -> str | None:
            value = texts.get(header, others.get(header, [None] * table.num_rows))[row]
            return None if value is None else str(value)

        return cell

    told: set[Value] = set()
    own = []
    for row in range(table.num_rows):
        cell = cell_of(row)
        told |= rows.tells(cell)
        own.append(rows.is_own(cell))
    for column in texts.values():
        for value in column:
            told |= emails_in(erased, value) if value else set()
    values = known(told)
    changed = False
    for name, column in texts.items():
        new = [
            None if value is None else rows.redact(name, value, values) if own[row] else values.replace(value)
            for row, value in enumerate(column)
        ]
        if new != column:
            changed = True
            index = table.column_names.index(name)
            table = table.set_column(index, table.schema.field(name), pa.array(new, table.schema.field(name).type))
    if changed:
        # Statistics of a column would keep its smallest and largest value; those of the new file are of the new values.
        pq.write_table(table.replace_schema_metadata(None), target, compression="zstd")
    return changed


def redact_excel(source: Path, target: Path, contract: Contract, text: Text, erased: Erased, known: Known) -> bool:
    """Write a workbook without the people who are erased; whether anything changed.

    Strong values are replaced in every part of the file; the cells of the person's own rows are written as text of their
    own, and shared texts that nothing refers to any more are emptied.
    """
    rows = RowRedaction(erased, Layout.of(contract, text))
    with zipfile.ZipFile(source) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    shared = _shared(parts)
    told: set[Value] = set()
    for data in parts.values():
        told |= emails_in(erased, data.decode("utf-8", errors="ignore"))
    sheets = {name: _parsed(data) for name, data in parts.items() if name.startswith("xl/worksheets/sheet")}
    for sheet in sheets.values():
        for cells in _rows(sheet, text.columns, shared):
            told |= rows.tells(_text_of(cells, shared))
    values = known(told)
    touched = [name for name, sheet in sheets.items() if _redact_sheet(sheet, text.columns, shared, rows, values)]
    ElementTree.register_namespace("", _MAIN.strip("{}"))
    for name in touched:
        parts[name] = ElementTree.tostring(sheets[name], encoding="utf-8", xml_declaration=True)
    if touched:
        parts["xl/sharedStrings.xml"] = _only_used(parts.get("xl/sharedStrings.xml", b""), sheets.values())
    new_parts = {name: _replaced(data, values) for name, data in parts.items()}
    if not touched and new_parts == parts:
        return False
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in new_parts.items():
            if data or name != "xl/sharedStrings.xml":
                archive.writestr(zipfile.ZipInfo(name, LONG_AGO), data, zipfile.ZIP_DEFLATED)
    return True


def _redact_sheet(
    sheet: ElementTree.Element, columns: tuple[str, ...], shared: list[str], rows: RowRedaction, values: Values
) -> bool:
    touched = False
    for cells in _rows(sheet, columns, shared):
        cell = _text_of(cells, shared)
        if not rows.is_own(cell):
            continue
        for header, element in cells.items():
            old = cell(header)
            if header in rows.layout.tagged and old:
                _write(element, rows.redact(header, old, values))
                touched = True
    return touched


def _parsed(data: bytes) -> ElementTree.Element:
    """A part of a workbook; one that declares entities is no export."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnreadableError("a part of the workbook declares entities")
    return ElementTree.fromstring(data)  # noqa: S314 - without entities there is nothing that could blow up


def _replaced(data: bytes, values: Values) -> bytes:
    try:
        return values.replace(data.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        return values.replace_bytes(data)


def _shared(parts: dict[str, bytes]) -> list[str]:
    data = parts.get("xl/sharedStrings.xml")
    if not data:
        return []
    return ["".join(t.text or "" for t in item.iter(f"{_MAIN}t")) for item in _parsed(data)]


def _only_used(data: bytes, sheets: Any) -> bytes:
    if not data:
        return data
    used = {cell.findtext(f"{_MAIN}v") for sheet in sheets for cell in sheet.iter(f"{_MAIN}c") if cell.get("t") == "s"}
    root = _parsed(data)
    for index, item in enumerate(root):
        if str(index) not in used:
            for child in list(item):
                item.remove(child)
            ElementTree.SubElement(item, f"{_MAIN}t").text = ""
    ElementTree.register_namespace("", _MAIN.strip("{}"))
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _rows(sheet: ElementTree.Element, columns: tuple[str, ...], shared: list[str]) -> Iterator[dict[str, ElementTree.Element]]:
    """The rows below a row that holds the header, each with its cells by header; nothing in a sheet without that header."""
    header: dict[str, str] = {}
    for row in sheet.iter(f"{_MAIN}row"):
        cells = {re.sub(r"\d", "", cell.get("r", "")): cell for cell in row.iter(f"{_MAIN}c")}
        if header:
            yield {header[letters]: cell for letters, cell in cells.items() if letters in header}
            continue
        said = {letters: (_value(cell, shared) or "").strip() for letters, cell in cells.items()}
        if {text for text in said.values() if text} >= {name for name in columns if not name.startswith("column_")}:
            header = said


def _text_of(cells: dict[str, ElementTree.Element], shared: list[str]) -> Callable[[str], str | None]:
    return lambda header: _value(cells[header], shared) if header in cells else None


def _value(cell: ElementTree.Element, shared: list[str]) -> str | None:
    if cell.get("t") == "inlineStr":
        return "".join(t.text or "" for t in cell.iter(f"{_MAIN}t"))
    text = cell.findtext(f"{_MAIN}v")
    if cell.get("t") == "s" and text is not None:
        return shared[int(text)] if int(text) < len(shared) else None
    return text


def _write(cell: ElementTree.Element, text: str) -> None:
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if text:
        cell.set("t", "inlineStr")
        ElementTree.SubElement(ElementTree.SubElement(cell, f"{_MAIN}is"), f"{_MAIN}t").text = text
