"""Redaction of files of text: CSV, JSON lines, one JSON document, and bytes that nothing else is known of.

Records that are about nobody who is erased keep their bytes.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Literal

from ingestion.contract import Contract
from ingestion.csv_files import UTF8
from ingestion.personal_values import Erased, Value, Values
from ingestion.redact_rows import Layout, RowRedaction, emails_in
from ingestion.text import Text

MAX_RECORD = 4 << 20
MAX_MEMBER = 512 << 20
LONG_AGO = (1980, 1, 1, 0, 0, 0)
Known = Callable[[set[Value]], Values]


def redact_csv(source: Path, target: Path, contract: Contract, text: Text, erased: Erased, known: Known) -> bool:
    """Write a CSV file without the people who are erased; whether anything changed.

    Args:
        source: the file, unpacked, in the contract's encoding.
        target: where the redacted one goes.
        contract, text: how it is read, and its header.
        erased: who is erased.
        known: gives the values to look for, those that this file tells added.
    """
    rows = RowRedaction(erased, Layout.of(contract, text))
    place = {name: index for index, name in enumerate(text.columns)}
    first = text.offset + (1 if text.has_header else 0)
    told: set[Value] = set()
    any_own = False
    with _opened(source, contract) as file:
        for number, raw in enumerate(_records(file, contract.quote)):
            told |= emails_in(erased, raw)
            for cells in _parsed(raw, text.delimiter, contract.quote) if number >= first else ():
                cell = _by_header(cells, place)
                told |= rows.tells(cell)
                any_own = any_own or rows.is_own(cell)
    values = known(told)
    if not any_own and not values:
        return False
    changed = False
    with (
        _opened(source, contract) as file,
        target.open("w", encoding=_encoding(contract), errors=_errors(contract), newline="") as out,
    ):
        for number, raw in enumerate(_records(file, contract.quote)):
            new = values.replace(raw)
            if number >= first:
                new = _redact_record(raw, new, text, contract.quote, place, rows, values)
            changed = changed or new != raw
            out.write(new)
    return changed


def redact_json_lines(source: Path, target: Path, contract: Contract, text: Text, erased: Erased, known: Known) -> bool:
    """Write JSON lines without the people who are erased; whether anything changed."""
    rows = RowRedaction(erased, Layout.of(contract, text))
    told: set[Value] = set()
    any_own = False
    with _opened(source, contract) as file:
        for line in file:
            told |= emails_in(erased, line)
            record = _object(line)
            if record is not None:
                told |= rows.tells(_by_path(record))
                any_own = any_own or rows.is_own(_by_path(record))
    values = known(told)
    if not any_own and not values:
        return False
    changed = False
    with (
        _opened(source, contract) as file,
        target.open("w", encoding=_encoding(contract), errors=_errors(contract), newline="") as out,
    ):
        for line in file:
            new = values.replace(line)
            record = _object(line)
            if record is not None and rows.is_own(_by_path(record)):
                ending = line[len(line.rstrip("\r\n")) :]
                new = json.dumps(_redact_object(record, rows, values), ensure_ascii=False) + ending
            changed = changed or new != line
            out.write(new)
    return changed


def redact_document(source: Path, target: Path, contract: Contract, text: Text, erased: Erased, known: Known) -> bool:
    """Write one JSON document without the people who are erased; whether anything changed."""
    rows = RowRedaction(erased, Layout.of(contract, text))
    whole = source.read_text(encoding=_encoding(contract), errors=_errors(contract))
    document = json.loads(whole.lstrip("\ufeff"))
    records: Any = document
    for key in contract.record_path.split(".")[1:]:
        records = records[key]
    own = [isinstance(record, dict) and rows.is_own(_by_path(record)) for record in records]
    told = emails_in(erased, whole)
    for record in records:
        if isinstance(record, dict):
            told |= rows.tells(_by_path(record))
    values = known(told)
    new = values.replace(whole)
    if any(own):
        for index, is_own in enumerate(own):
            if is_own:
                records[index] = _redact_object(records[index], rows, values)
        new = values.replace(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    if new == whole:
        return False
    target.write_text(new, encoding=_encoding(contract), errors=_errors(contract), newline="")
    return True


def redact_bytes(source: Path, target: Path, erased: Erased, known: Known) -> bool:
    """Write any other file with the strong values replaced, whatever its encoding; whether anything changed."""
    if zipfile.is_zipfile(source):
        return _redact_archive(source, target, erased, known)
    data = source.read_bytes()
    new = known(_told_by_bytes(erased, data)).replace_bytes(data)
    if new == data:
        return False
    target.write_bytes(new)
    return True


def _redact_archive(source: Path, target: Path, erased: Erased, known: Known) -> bool:
    with zipfile.ZipFile(source) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist() if info.file_size <= MAX_MEMBER}
        whole = len(parts) == len(archive.infolist())
    told = {value for data in parts.values() for value in _told_by_bytes(erased, data)}
    new = {name: known(told).replace_bytes(data) for name, data in parts.items()}
    if new == parts or not whole:
        return False
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in new.items():
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), data, zipfile.ZIP_DEFLATED)
    return True


def _told_by_bytes(erased: Erased, data: bytes) -> set[Value]:
    told: set[Value] = set()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        told |= emails_in(erased, data.decode(encoding, errors="ignore"))
    return told


def _redact_record(
    raw: str, replaced: str, text: Text, quote: str, place: dict[str, int], rows: RowRedaction, values: Values
) -> str:
    parsed = _parsed(raw, text.delimiter, quote)
    if not any(rows.is_own(_by_header(cells, place)) for cells in parsed):
        return replaced
    headers = list(text.columns)
    out = io.StringIO()
    ending = raw[len(raw.rstrip("\r\n")) :]
    quoting: Literal[0, 1] = csv.QUOTE_ALL if raw.startswith(quote) else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=text.delimiter, quotechar=quote, quoting=quoting, lineterminator=ending or "\n")
    for cells in parsed:
        if rows.is_own(_by_header(cells, place)):
            names = headers + [""] * (len(cells) - len(headers))
            writer.writerow([rows.redact(name, cell, values) for name, cell in zip(names, cells, strict=False)])
        else:
            writer.writerow([values.replace(cell) for cell in cells])
    new = out.getvalue()
    return new if ending else new.removesuffix("\n")


def _records(file: IO[str], quote: str) -> Iterator[str]:
    """Records with their line ends: lines whose quotes are closed. One that never closes is cut into its lines."""
    held: list[str] = []
    is_open, size = False, 0
    for line in file:
        held.append(line)
        size += len(line)
        is_open = is_open != bool(line.count(quote) % 2)
        if not is_open:
            yield "".join(held)
        elif size > MAX_RECORD:
            yield from held
            is_open = False
        else:
            continue
        held, size = [], 0
    yield from held


def _parsed(raw: str, delimiter: str, quote: str) -> list[list[str]]:
    """The cells of a record; several rows where stray quotes hold several together."""
    try:
        return [row for row in csv.reader(io.StringIO(raw, newline=""), delimiter=delimiter, quotechar=quote) if row]
    except csv.Error:
        return [line.split(delimiter) for line in raw.splitlines() if line]


def _by_header(cells: Sequence[str], place: dict[str, int]) -> Callable[[str], str | None]:
    def cell(header: str) -> str | None:
        index = place.get(header, len(cells))
        return cells[index] if index < len(cells) else None

    return cell


def _object(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _by_path(record: dict[str, Any]) -> Callable[[str], str | None]:
    def cell(header: str) -> str | None:
        value: Any = record
        for key in _path(header):
            value = value.get(key) if isinstance(value, dict) else None
        return None if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    return cell


def _path(header: str) -> list[str]:
    return [part.strip('"') for part in header[2:].split(".")] if header.startswith("$.") else [header]


def _redact_object(record: dict[str, Any], rows: RowRedaction, values: Values) -> dict[str, Any]:
    new: dict[str, Any] = _everywhere(record, values)
    for header in rows.layout.tagged:
        *parents, last = _path(header)
        holder: Any = new
        for key in parents:
            holder = holder.get(key) if isinstance(holder, dict) else None
        old = _by_path(record)(header)
        if isinstance(holder, dict) and isinstance(holder.get(last), str) and old:
            holder[last] = rows.redact(header, old, values)
    return new


def _everywhere(value: Any, values: Values) -> Any:
    if isinstance(value, str):
        return values.replace(value)
    if isinstance(value, dict):
        return {values.replace(key): _everywhere(item, values) for key, item in value.items()}
    return [_everywhere(item, values) for item in value] if isinstance(value, list) else value


def _encoding(contract: Contract) -> str:
    return "utf-8" if contract.encoding in UTF8 else contract.encoding


def _errors(contract: Contract) -> str:
    return "surrogateescape" if contract.encoding in UTF8 else "strict"


def _opened(path: Path, contract: Contract) -> IO[str]:
    return path.open(encoding=_encoding(contract), errors=_errors(contract), newline="")
