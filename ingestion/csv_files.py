"""CSV files: encoding, the lines around the records, the header."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from ingestion.contract import Contract
from ingestion.landing import blocks
from ingestion.text import Text, UnreadableError, match

HEADER_BYTES = 1 << 20
MAX_FOOTER_LINES = 20
UTF8 = ("utf-8", "utf-8-sig", "ascii")


def read_csv_file(path: Path, contract: Contract, delimiter: str, scratch: Path) -> Text:
    """A CSV file that is UTF-8 already.

    Raises:
        UnreadableError: the header is missing or does not fit the contract, or the footer stands amid the records.
    """
    if contract.skip_lines or contract.footer:
        path = _trim(path, contract, scratch)
    header = list(contract.header) or _header(path, contract, delimiter)
    return match(path, "csv", contract, header, delimiter=delimiter, has_header=not contract.header, offset=contract.skip_lines)


def transcode(path: Path, encoding: str, target: Path) -> Path:
    """Write a file of another encoding as UTF-8.

    Raises:
        UnreadableError: a byte is not of that encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    done = 0
    try:
        with target.open("w", encoding="utf-8", newline="") as out:
            for block in blocks(path):
                text = decoder.decode(block)
                if "\0" in text:
                    raise UnreadableError(f"it holds NUL characters, so it is not {encoding} text")
                out.write(text)
                done += len(block)
            out.write(decoder.decode(b"", final=True))
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        raise UnreadableError(f"byte {done + start} is not {encoding}, the encoding its contract says") from error
    return target


def _trim(path: Path, contract: Contract, target: Path) -> Path:
    """A copy without the lines before the header and without the footer: its first line and all after it."""
    footer = re.compile(contract.footer.encode("utf-8")) if contract.footer else None
    left = None
    with path.open("rb") as source, target.open("wb") as out:
        for number, line in enumerate(source):
            if number == 0:
                line = line.removeprefix(codecs.BOM_UTF8)  # noqa: PLW2901 - the same line
            if number < contract.skip_lines:
                continue
            if left is None and footer is not None and footer.match(line):
                left = 0
            if left is None:
                out.write(line)
            elif line.strip():
                left += 1
                if left > MAX_FOOTER_LINES:
                    raise UnreadableError(
                        f"after a line that looks like its footer come more than {MAX_FOOTER_LINES} lines: they may be records"
                    )
    return target


def _header(path: Path, contract: Contract, delimiter: str) -> list[str]:
    with path.open("rb") as file:
        start = file.read(HEADER_BYTES)
    try:
        opening = codecs.getincrementaldecoder("utf-8-sig")(errors="strict").decode(start)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"byte {error.start} is not utf-8, the encoding its contract says") from error
    reader = csv.reader(io.StringIO(opening), delimiter=delimiter, quotechar=contract.quote, strict=True)
    try:
        header = [name.strip() for name in next(_filled(reader), [])]
    except csv.Error as error:
        raise UnreadableError(f"the header cannot be read: {error}") from error
    if not any(header):
        raise UnreadableError("the file has no header")
    return [name or f"column_{index}" for index, name in enumerate(header, start=1)]


def _filled(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    return (row for row in reader if row)
