"""The physical line of a record: what a person's editor shows, quoted newlines and broken rows included."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

BLOCK = 1 << 20


@dataclass(frozen=True)
class BrokenRow:
    """A row that breaks the CSV syntax: where it starts (bytes) and its text as DuckDB reports it."""

    start: int
    text: str


def of_records(
    path: Path, ordinals: Iterable[int], broken: Sequence[BrokenRow], delimiter: str, quote: str, has_header: bool = True
) -> dict[int, int]:
    """Physical lines (1-based) of well-formed records.

    Args:
        path: a UTF-8 CSV file.
        ordinals: places (1-based, header not counted) among the well-formed records.
        broken: the rows that are not well-formed; they are stepped over.
        delimiter, quote: as the contract says.
        has_header: whether its first line is one.

    Returns:
        ordinal -> line; the last line for those that cannot be told, where quotes are broken. The whole
        file up to the last one is scanned once: only a file with rejects pays for it.
    """
    wanted = sorted(set(ordinals))
    found: dict[int, int] = {}
    if not wanted:
        return found
    ordinal, line = 0, 1
    for piece, is_broken, first in _pieces(path, broken):
        if is_broken:
            line += piece.count("\n")
            continue
        reader = csv.reader(io.StringIO(piece, newline=""), delimiter=delimiter, quotechar=quote)
        before = 0
        for index, row in enumerate(reader):
            is_header = has_header and first and index == 0
            if row and not is_header:
                ordinal += 1
                if ordinal == wanted[len(found)]:
                    found[ordinal] = line + before
                    if len(found) == len(wanted):
                        return found
            before = reader.line_num
        line += piece.count("\n")
    # DuckDB may name another row than the one whose quotes are broken: what is left then lies at or before the end.
    return dict.fromkeys(wanted, max(1, line - 1)) | found


def of_bytes(path: Path, offsets: Iterable[int]) -> dict[int, int]:
    """Physical lines (1-based) of byte offsets."""
    wanted = sorted(set(offsets))
    found: dict[int, int] = {}
    line, done, index = 1, 0, 0
    with path.open("rb") as file:
        while index < len(wanted) and (block := file.read(BLOCK)):
            start = 0
            while index < len(wanted) and wanted[index] <= done + len(block):
                end = wanted[index] - done
                line += block.count(b"\n", start, end)
                found[wanted[index]] = line
                start, index = end, index + 1
            line += block.count(b"\n", start)
            done += len(block)
    return found


def _pieces(path: Path, broken: Sequence[BrokenRow]) -> Iterator[tuple[str, bool, bool]]:
    """The file as well-formed stretches and broken rows, in order: (text, is broken, is the first)."""
    data = path.read_bytes()
    at = 0
    for row in sorted(broken, key=lambda item: item.start):
        end = data.find(b"\n", row.start + len(row.text.encode("utf-8").rstrip(b"\r\n")))
        end = len(data) if end < 0 else end + 1
        if row.start < at:
            continue
        if row.start > at:
            yield data[at : row.start].decode("utf-8-sig" if at == 0 else "utf-8", errors="replace"), False, at == 0
        yield data[row.start : end].decode("utf-8", errors="replace"), True, False
        at = end
    if at < len(data):
        yield data[at:].decode("utf-8-sig" if at == 0 else "utf-8", errors="replace"), False, at == 0
