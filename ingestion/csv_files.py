"""CSV files: encoding, the lines around the records, the header."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ingestion.contract import Contract
from ingestion.landing import blocks
from ingestion.scan import MAX_LINE_BYTES
from ingestion.text import Text, UnreadableError, match

HEADER_BYTES = 1 << 20
# DuckDB gives each thread at least as many bytes of a file.
ONE_THREAD = 8_000_000
MAX_FOOTER_LINES = 20
csv.field_size_limit(MAX_LINE_BYTES)
_ENDS = re.compile(rb"\r\n|\n|\r")
UTF8 = ("utf-8", "utf-8-sig")


def read_csv_file(path: Path, contract: Contract, scratch: Path, is_even: bool = False) -> Text:
    """A CSV file that is UTF-8 already.

    Args:
        path: the file.
        contract: how to read it.
        scratch: where a copy may be written.
        is_even: all of its lines end in a line feed, whatever stands inside of quotes.

    Raises:
        UnreadableError: the header is missing or does not fit the contract, or the footer stands amid the records.
    """
    above = contract.skip_lines + _blank_lines(path, contract.skip_lines)
    if above or contract.footer:
        path = _trim(path, contract, above, scratch)
    header = list(contract.header) or _header(path, contract)
    found = match(path, "csv", contract, header, delimiter=contract.delimiter, has_header=not contract.header, offset=above)
    in_parallel = path.stat().st_size <= ONE_THREAD or not _breaks_early(path, contract)
    return replace(found, line_end="\\n" if is_even else "", in_parallel=in_parallel)


def is_read_right(text: Text, records: int, broken: int, feeds: int | None = None) -> bool:
    """Whether several threads can have read a file: every line is one record, so none of them began inside of a value.

    A thread that begins inside of a value of several lines takes these for records. Where lines and records are as many
    and no row is broken, there is no such value.

    Args:
        text: what was read.
        records: well-formed ones.
        broken: rows that break the syntax.
        feeds: the line feeds of the file, should they be known.
    """
    if text.shape != "csv" or not text.in_parallel or text.path.stat().st_size <= ONE_THREAD:
        return True
    if feeds is None:
        feeds = sum(block.count(b"\n") for block in blocks(text.path))
    with text.path.open("rb") as file:
        file.seek(-1, 2)
        lines = feeds + (file.read(1) != b"\n")
    return not broken and records + text.has_header == lines


def require_no_record(text: Text) -> None:
    """Hold the reader to it when it found no record in a file.

    Raises:
        UnreadableError: another reader finds one.
    """
    with text.path.open(encoding="utf-8-sig", newline="") as file:
        rows = _filled(csv.reader(file, delimiter=text.delimiter, quotechar=text.contract.quote))
        if text.has_header:
            next(rows, None)
        if next(rows, None) is not None:
            raise UnreadableError("it holds records, but none of them could be told apart: its line ends or quotes are broken")


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


def even_ends(path: Path, quote: str, delimiter: str, target: Path) -> Path:
    """A copy whose lines end in a line feed, if the file's end in several ways or in carriage returns alone, or if its first
    line end stands inside of quotes and may be of another kind (a header from a spreadsheet's cell); else the file itself.

    What stands inside of quotes is a value and stays as it is.
    """
    if _has_one_kind(path):
        return path
    kinds, is_misleading = set[bytes](), False
    mark, state = quote.encode("utf-8"), Quotes(quote, delimiter)
    with target.open("wb") as out:
        for block in _whole_ends(path):
            pieces = []
            for index, piece in enumerate(block.split(mark)):
                if index:
                    state.meet_quote()
                state.meet(piece)
                if state.is_inside:
                    # The reader takes the first line end that it meets for that of the file.
                    is_misleading = is_misleading or (not kinds and _ENDS.search(piece) is not None)
                    pieces.append(piece)
                else:
                    kinds.update(_ENDS.findall(piece))
                    pieces.append(_ENDS.sub(b"\n", piece))
            out.write(mark.join(pieces))
    return target if len(kinds) > 1 or is_misleading or b"\r" in kinds else path


class Quotes:
    """Whether a place of a file is inside of quotes: a quote opens a value only where a field begins."""

    def __init__(self, quote: str, delimiter: str) -> None:
        self.is_inside = False
        self._mark = quote.encode("utf-8")
        self._begins = (delimiter.encode("utf-8"), b"\n", b"\r")
        self._may_open, self._has_closed = True, False

    def meet(self, text: bytes) -> None:
        """Go over text without quotes."""
        if text and not self.is_inside:
            self._may_open, self._has_closed = text.endswith(self._begins), False

    def meet_quote(self) -> None:
        """Go over one quote; right behind one that closed, it is the second of two that stand for a sign."""
        if self.is_inside:
            self.is_inside, self._has_closed = False, True
        elif self._may_open or self._has_closed:
            self.is_inside = True
        if not self._has_closed:
            self._may_open = False

    def meet_line(self, line: bytes) -> None:
        """Go over a line, quotes included."""
        for index, piece in enumerate(line.split(self._mark)):
            if index:
                self.meet_quote()
            self.meet(piece)


def _has_one_kind(path: Path) -> bool:
    """The quick look: every line end of the file, inside of quotes or not, is of one kind that the reader knows for sure."""
    pairs = returns = feeds = 0
    for block in _whole_ends(path):
        pairs, returns, feeds = pairs + block.count(b"\r\n"), returns + block.count(b"\r"), feeds + block.count(b"\n")
    return not returns or returns == pairs == feeds


def _whole_ends(path: Path) -> Iterator[bytes]:
    """The blocks of a file, none of which ends amid a line end."""
    held = b""
    for block in blocks(path):
        whole = held + block
        held = whole[-1:] if whole.endswith(b"\r") else b""
        yield whole[: len(whole) - len(held)]
    yield held


def _blank_lines(path: Path, skipped: int) -> int:
    """How many blank lines stand above the header; the reader would take the header for a record."""
    with path.open("rb") as file:
        for number, line in enumerate(islice(file, skipped, None)):
            if line.removeprefix(codecs.BOM_UTF8).strip():
                return number
    return 0


def _trim(path: Path, contract: Contract, above: int, target: Path) -> Path:
    """A copy without the lines before the header and without the footer: its first line and all after it."""
    footer = re.compile(contract.footer) if contract.footer else None
    state, left = Quotes(contract.quote, contract.delimiter), None
    with path.open("rb") as source, target.open("wb") as out:
        for number, line in enumerate(source):
            if number == 0:
                line = line.removeprefix(codecs.BOM_UTF8)  # noqa: PLW2901 - the same line
            if number < above:
                continue
            # A line of a value in quotes may look like a footer.
            if (
                left is None
                and footer is not None
                and not state.is_inside
                and footer.match(line.decode("utf-8", errors="replace"))
            ):
                left = 0
            state.meet_line(line)
            if left is None:
                out.write(line)
            elif line.strip():
                left += 1
                if left > MAX_FOOTER_LINES:
                    raise UnreadableError(
                        f"after a line that looks like its footer come more than {MAX_FOOTER_LINES} lines: they may be records"
                    )
    return target


def _header(path: Path, contract: Contract) -> list[str]:
    with path.open("rb") as file:
        start = file.read(HEADER_BYTES)
    try:
        opening = codecs.getincrementaldecoder("utf-8-sig")(errors="strict").decode(start)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"byte {error.start} is not utf-8, the encoding its contract says") from error
    reader = csv.reader(io.StringIO(opening), delimiter=contract.delimiter, quotechar=contract.quote, strict=True)
    try:
        header = [name.strip() for name in next(_filled(reader), [])]
    except csv.Error as error:
        raise UnreadableError(f"the header cannot be read: {error}") from error
    if not any(header):
        raise UnreadableError("the file has no header")
    return [name or f"column_{index}" for index, name in enumerate(header, start=1)]


def _breaks_early(path: Path, contract: Contract) -> bool:
    """Whether one of the first values holds a line break; then most files hold many."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        sample = io.StringIO(file.read(HEADER_BYTES), newline="")
    try:
        # The last row may be cut.
        rows = list(csv.reader(sample, delimiter=contract.delimiter, quotechar=contract.quote))[:-1]
    except csv.Error:
        return True
    return any("\n" in cell or "\r" in cell for row in rows for cell in row)


def _filled(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    return (row for row in reader if row)
