"""From landed bytes to text that DuckDB reads as the contract says: unpacked, in UTF-8, with a header that fits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ingestion.contract import Contract
from ingestion.csv_files import UTF8, even_ends, read_csv_file, transcode
from ingestion.excel_files import read_excel_file
from ingestion.json_files import lines_of_document, read_json_lines
from ingestion.landing import Landed
from ingestion.parquet_files import read_parquet_file
from ingestion.text import Text, UnreadableError
from ingestion.unpack import is_packed, unpack


@contextmanager
def decoded(
    landed: Landed, name: str, contract: Contract, scratch: Path, connection: duckdb.DuckDBPyConnection
) -> Iterator[Text]:
    """A landed file as text, for as long as the block lasts; what had to be written for it goes afterwards.

    Args:
        landed: the file's bytes.
        name: its name in the inbox, which says the format and whether it is compressed.
        contract: how to read it.
        scratch: a folder for copies.
        connection: a session to look into the file with.

    Raises:
        UnreadableError: wrong format or encoding, NUL bytes, empty, a column missing or doubled.
    """
    copies = [scratch / f"{landed.sha256}.{part}" for part in ("unpacked", "utf8", "even", "records")]
    try:
        yield _read(landed, name, contract, copies, connection)
    finally:
        for copy in copies:
            copy.unlink(missing_ok=True)


def _read(landed: Landed, name: str, contract: Contract, copies: list[Path], connection: duckdb.DuckDBPyConnection) -> Text:
    server = contract.server(name)
    unpacked, utf8, even, records = copies
    path, marks = landed.path, landed.marks
    if is_packed(name):
        marks = unpack(path, name, unpacked)
        path = unpacked
    if path.stat().st_size == 0:
        raise UnreadableError("the file is empty: not even a header")
    if server.format == "parquet":
        return read_parquet_file(path, contract, connection)
    if server.format == "xlsx":
        return read_excel_file(path, contract, records)
    if contract.encoding not in UTF8:
        path = transcode(path, contract.encoding, utf8)
    elif marks.has_nul:
        raise UnreadableError(f"it holds NUL bytes, so it is not {contract.encoding} text (UTF-16 perhaps?)")
    if server.format == "csv":
        if marks.has_return or path == utf8:
            path = even_ends(path, contract.quote, contract.delimiter, even)
        return read_csv_file(path, contract, records, is_even=path == even)
    if server.format == "jsonl":
        return read_json_lines(path, contract, connection)
    try:
        places = lines_of_document(path, contract.record_path, records)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"byte {error.start} is not utf-8, the encoding its contract says") from error
    return read_json_lines(records, contract, connection, places)
