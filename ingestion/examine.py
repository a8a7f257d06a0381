"""What a file would become under a contract: the real decoding and loading, into a database of its own that is thrown away."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion import canonical, landing, load
from ingestion.contract import Contract
from ingestion.csv_files import UTF8
from ingestion.decode import decoded
from ingestion.landing import Landed
from ingestion.load import LoadResult, require_enough
from ingestion.origin import Origin
from ingestion.rejects import Reject
from ingestion.text import UnreadableError
from warehouse import database


@dataclass(frozen=True)
class Examined:
    """What came of it. `reason` says why the file would be quarantined; empty where it would load.

    `rejects` are distinct records: one that fails for two objects of its file is listed once.
    """

    result: LoadResult | None
    reason: str
    rejects: tuple[Reject, ...]


def examine(path: Path, name: str, contract: Contract) -> Examined:
    """Read a file as its contract says and load it into memory; nothing of the warehouse is touched.

    Args:
        path: where the bytes lie.
        name: the file's name in the inbox, which says format and compression.
        contract: how to read it.
    """
    with tempfile.TemporaryDirectory() as folder, _throwaway(contract) as connection:
        try:
            # A guard that only counts would end the look at the very records that are asked for.
            result = load.load(
                connection, landed(path), name, contract, _ORIGIN, Path(folder), lambda _: None, is_accepted=True
            )
        except UnreadableError as error:
            return Examined(None, str(error), ())
    try:
        require_enough(result, contract.max_rejected_share)
        reason = ""
    except UnreadableError as error:
        reason = str(error)
    return Examined(result, reason, tuple(dict.fromkeys(reject for _, reject in result.rejects)))


def records_of(path: Path, name: str, contract: Contract, places: Iterable[int]) -> str:
    """The header of a CSV file and its records at some lines (1-based), as they stand, to be mended and dropped again.

    Raises:
        UnreadableError: the file is not CSV, cannot be read, or its records alone would not be.
    """
    if contract.server(name).format != "csv":
        raise UnreadableError("only the records of CSV files can be written out as they stand")
    if contract.encoding not in UTF8 or contract.skip_lines or contract.header:
        why = "an encoding of its own, lines above the header, or none"
        raise UnreadableError(f"its records alone would not be read again ({why}); mend the export")
    wanted = set(places)
    with tempfile.TemporaryDirectory() as folder, _throwaway(contract) as connection:
        with decoded(landed(path), name, contract, Path(folder), connection) as text:
            lines = _lines(text.path)
        header = io.StringIO()
        csv.writer(header, delimiter=text.delimiter, lineterminator="\n").writerow(text.columns)
        found = [header.getvalue()]
        for place in sorted(wanted):
            start = place - 1 - text.offset
            end = start + 1
            # A record goes on while a quote is open.
            while end < len(lines) and "".join(lines[start:end]).count(contract.quote) % 2:
                end += 1
            found += lines[start:end]
        return "".join(line if line.endswith("\n") else line + "\n" for line in found)


def _lines(path: Path) -> list[str]:
    # Not splitlines: a value may hold what that takes for the end of a line.
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    return [line + "\n" for line in text.split("\n")]


def landed(path: Path) -> Landed:
    """A file where it lies, as if it had landed."""
    sha256, marks = landing.fingerprint(path)
    return Landed(sha256, path, path.stat().st_size, marks)


_ORIGIN = Origin("examined", "examined", None)


def _throwaway(contract: Contract) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    database.configure(connection)
    canonical.create_all(connection, [entry.target for entry in contract.entries])
    return connection
