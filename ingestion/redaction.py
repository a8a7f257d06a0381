"""One file without the people who are erased: unpacked, redacted as its format asks, packed again; always the same bytes."""

from __future__ import annotations

import gzip
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import duckdb

from ingestion import landing
from ingestion.contract import Contract
from ingestion.decode import decoded
from ingestion.examine import landed
from ingestion.personal_values import Erased, Value, Values
from ingestion.redact_tables import redact_excel, redact_parquet
from ingestion.redact_text import LONG_AGO, Known, redact_bytes, redact_csv, redact_document, redact_json_lines
from ingestion.text import Text, UnreadableError
from ingestion.unpack import is_packed, unpack

OVERLAP = 4096
_PACKED_INSIDE = (b"PK", b"PAR1", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
_BY_FORMAT: dict[str, Callable[[Path, Path, Contract, Text, Erased, Known], bool]] = {
    "csv": redact_csv,
    "jsonl": redact_json_lines,
    "json": redact_document,
    "parquet": redact_parquet,
    "xlsx": redact_excel,
}


@contextmanager
def redacted(
    path: Path,
    name: str,
    contract: Contract | None,
    erased: Erased,
    given: Iterable[Value],
    scratch: Path,
    may_hold: Callable[[bytes], bool] | None = None,
) -> Iterator[Path | None]:
    """A redacted copy of a file, for as long as the block lasts; None when nothing of it had to be changed.

    Args:
        path: the file.
        name: its name in the inbox, which says format and compression.
        contract: how it is read; None for a file that no contract claims: then only strong values are looked for.
        erased: who is erased.
        given: values that are known without reading this file.
        scratch: a folder for copies.
        may_hold: tells at a glance of bytes that nobody can be in them; without it every record is looked at.
    """
    known_given = set(given)
    copies = {part: scratch / f"redact-{path.name}.{part}" for part in ("plain", "new", "packed")}

    def known(told: set[Value]) -> Values:
        return Values(erased, known_given | told)

    try:
        scratch.mkdir(parents=True, exist_ok=True)
        plain = _unpacked(path, name, copies["plain"])
        is_clean = may_hold is not None and not _glance(plain, may_hold)
        if is_clean or not _redact(plain, path, name, contract, erased, known, copies["new"], scratch):
            yield None
        elif plain is path:
            yield copies["new"]
        else:
            _pack(copies["new"], name, copies["packed"])
            yield copies["packed"]
    finally:
        for copy in copies.values():
            copy.unlink(missing_ok=True)


def _glance(plain: Path, may_hold: Callable[[bytes], bool]) -> bool:
    before = b""
    for block in landing.blocks(plain):
        # Workbooks and Parquet files are packed inside: a glance at their bytes says nothing.
        if not before and block.startswith(_PACKED_INSIDE):
            return True
        if may_hold(before + block):
            return True
        before = block[-OVERLAP:]
    return False


def _unpacked(path: Path, name: str, target: Path) -> Path:
    if not is_packed(name):
        return path
    try:
        unpack(path, name, target)
    except UnreadableError:
        return path
    return target


def _redact(
    plain: Path, path: Path, name: str, contract: Contract | None, erased: Erased, known: Known, target: Path, scratch: Path
) -> bool:
    if contract is not None:
        try:
            with (
                duckdb.connect(":memory:") as connection,
                decoded(landed(path), name, contract, scratch, connection) as text,
            ):
                kind = contract.server(name).format
                return _BY_FORMAT[kind](plain, target, contract, text, erased, known)
        except (UnreadableError, duckdb.Error, UnicodeError, ValueError, KeyError):
            # A file that was quarantined: what identifies a person is replaced all the same.
            target.unlink(missing_ok=True)
    return redact_bytes(plain, target, erased, known)


def _pack(plain: Path, name: str, target: Path) -> None:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".gz":
        with plain.open("rb") as source, target.open("wb") as out, gzip.GzipFile("", "wb", 6, out, mtime=0) as small:
            shutil.copyfileobj(source, small)
    elif suffix == ".zst":
        import pyarrow as pa  # noqa: PLC0415 - only for such files

        with plain.open("rb") as source, pa.output_stream(str(target), compression="zstd") as stream:
            shutil.copyfileobj(source, stream)
    else:
        member = zipfile.ZipInfo(PurePosixPath(name).with_suffix("").name, LONG_AGO)
        with (
            plain.open("rb") as source,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open(member, "w") as inside,
        ):
            shutil.copyfileobj(source, inside)
