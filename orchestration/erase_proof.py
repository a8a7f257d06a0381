"""Proof that values are gone: every file of a home is read, compressed ones unpacked, databases and Parquet by their tables.

It shares nothing with what erases but the way in which values are written. A value is reported by kind and place, never
by itself.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ingestion.personal_values import Values
from warehouse.database import configure, literal, quote
from warehouse.progress import Progress, silent

STEP = "proof"
CHUNK, OVERLAP = 64 << 20, 4 << 10
MAX_DEPTH = 4
SQLITE, DUCKDB, PARQUET = b"SQLite format 3\0", b"DUCK", b"PAR1"
_LONGER = re.compile(rb"[\w.+%-]+")


@dataclass
class Proof:
    """What was read, and where a value still stands: place and kinds."""

    files: int = 0
    bytes: int = 0
    hits: dict[str, set[str]] = field(default_factory=dict)

    def hit(self, place: str, kinds: Iterable[str]) -> None:
        """Note kinds of values found at a place."""
        found = set(kinds)
        if found:
            self.hits.setdefault(place, set()).update(found)

    @property
    def sentence(self) -> str:
        """The result in one line."""
        size = f"{self.bytes:,} bytes"
        return f"{'no hit' if not self.hits else f'{len(self.hits)} hits'} in {self.files:,} files ({size})"


def prove(roots: Iterable[Path], values: Values, skip: Iterable[Path] = (), progress: Progress = silent) -> Proof:
    """Read everything under some folders and look for values.

    Args:
        roots: folders; symbolic links are not followed.
        values: what must not be there.
        skip: files that hold the values on purpose.
        progress: told of each file.
    """
    proof = Proof()
    left = set(skip)
    paths = sorted({path for root in roots for path in _files(root)} - left)
    for done, path in enumerate(paths):
        progress(STEP, done, len(paths), path.name)
        try:
            proof.bytes += path.stat().st_size
            _read(path, values, proof)
        except FileNotFoundError:
            continue
        proof.files += 1
    progress(STEP, len(paths), len(paths))
    return proof


def _files(root: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                yield path


def _read(path: Path, values: Values, proof: Proof) -> None:
    place = str(path)
    proof.hit(place, (kind for kind, _ in values.found(path.name)))
    with path.open("rb") as file:
        start = file.read(16)
    if start[8:12] == DUCKDB:
        _binary(path, values, proof, _duckdb(path, values, proof))
    elif start == SQLITE:
        _binary(path, values, proof, _sqlite(path, values, proof))
    elif start[:4] == PARQUET:
        _binary(path, values, proof, _parquet(path, values, proof))
    elif start[:2] == b"\x1f\x8b" or start[:4] in (b"PK\x03\x04", b"\x28\xb5\x2f\xfd"):
        _bytes(path.read_bytes(), place, values, proof, 0)
    else:
        for data in _chunks(path):
            _bytes(data, place, values, proof, 0)


def _bytes(data: bytes, place: str, values: Values, proof: Proof, depth: int) -> None:
    """Text of any encoding, or something packed."""
    for name, inner in _unpacked(data):
        if depth < MAX_DEPTH:
            _bytes(inner, f"{place}!{name}" if name else place, values, proof, depth + 1)
    if b"\0" in data:
        proof.hit(place, (value[0] for value, _, _ in values.found_bytes(data)))
    texts = [data.decode("utf-8", errors="replace")]
    if "\ufffd" in texts[0]:
        texts.append(data.decode("cp1252", errors="replace"))
    for text in texts:
        proof.hit(place, (kind for kind, _ in values.found(text)))


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        if data[:2] == b"\x1f\x8b":
            yield "", gzip.decompress(data)
        elif data[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for info in archive.infolist():
                    yield info.filename, archive.read(info)
        elif data[:4] == b"\x28\xb5\x2f\xfd":
            import pyarrow as pa

            with pa.input_stream(pa.BufferReader(data), compression="zstd") as stream:
                yield "", stream.read()
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        before = b""
        while block := file.read(CHUNK):
            yield before + block
            before = block[-OVERLAP:]


def _binary(path: Path, values: Values, proof: Proof, longer: set[bytes]) -> None:
    """The bytes of a database: what was deleted from its tables may still lie in its free pages.

    Args:
        longer: texts that hold a value and are something else, such as another person's longer e-mail.
    """
    for data in _chunks(path):
        for value, start, end in values.found_bytes(data):
            before = _LONGER.findall(data[max(0, start - 64) : start] + data[start:end])
            known = bool(before) and any(before[-1].lower().endswith(text) for text in longer)
            if not known:
                proof.hit(f"{path} (bytes)", [value[0]])


def _texts(rows: Iterable[tuple[object, ...]], place: str, values: Values, proof: Proof) -> set[bytes]:
    """Judge texts that hold a value somewhere; returns those that only hold it inside something longer."""
    longer: set[bytes] = set()
    for (text,) in rows:
        found = values.found(str(text))
        proof.hit(place, (kind for kind, _ in found))
        if not found:
            longer |= {token.lower() for token in _LONGER.findall(str(text).encode("utf-8"))}
    return longer


def _condition(column: str, values: Values) -> str:
    """True for texts that may hold a value: cheap, and never too narrow for e-mails and names of one spelling."""
    return " OR ".join(f"contains(lower({column}), {literal(part)})" for part in _parts(values)) or "false"


def _parts(values: Values) -> list[str]:
    # The longest run of letters or digits of a value survives every way of writing it.
    found = set()
    for _, text in values.values:
        runs = re.findall(r"[^\W_]+", text.lower())
        if runs:
            found.add(max(runs, key=len))
    return sorted(found)


def _duckdb(path: Path, values: Values, proof: Proof) -> set[bytes]:
    longer: set[bytes] = set()
    try:
        with duckdb.connect(":memory:") as connection:
            configure(connection)
            connection.execute(f"ATTACH {literal(str(path))} AS proof (READ_ONLY)")
            columns = connection.execute(
                "SELECT schema_name, table_name, column_name FROM duckdb_columns() JOIN duckdb_tables() "
                "USING (database_name, schema_name, table_name) WHERE database_name = 'proof' "
                "AND (data_type LIKE '%VARCHAR%' OR data_type IN ('JSON', 'BLOB'))"
            ).fetchall()
            for schema, table, column in columns:
                text = f"CAST({quote(column)} AS VARCHAR)"
                rows = connection.execute(
                    f"SELECT DISTINCT {text} FROM proof.{quote(schema)}.{quote(table)} WHERE {_condition(text, values)}"
                ).fetchall()
                longer |= _texts(rows, f"{path}, {schema}.{table}.{column}", values, proof)
    except duckdb.Error as error:
        proof.hit(f"{path} (it cannot be opened: {type(error).__name__})", ["unread"])
    return longer


def _parquet(path: Path, values: Values, proof: Proof) -> set[bytes]:
    longer: set[bytes] = set()
    pattern = literal(re.sub(r"([\[*?])", r"[\1]", str(path)))
    try:
        with duckdb.connect(":memory:") as connection:
            configure(connection)
            for row in connection.execute(f"DESCRIBE SELECT * FROM read_parquet({pattern})").fetchall():
                text = f"CAST({quote(row[0])} AS VARCHAR)"
                sql = f"SELECT DISTINCT {text} FROM read_parquet({pattern}) WHERE {_condition(text, values)}"
                longer |= _texts(connection.execute(sql).fetchall(), f"{path}, {row[0]}", values, proof)
    except duckdb.Error as error:
        proof.hit(f"{path} (it cannot be read: {type(error).__name__})", ["unread"])
    return longer


def _sqlite(path: Path, values: Values, proof: Proof) -> set[bytes]:
    longer: set[bytes] = set()
    try:
        with closing(sqlite3.connect(path.as_uri() + "?mode=ro", uri=True, timeout=30)) as connection:
            connection.text_factory = lambda data: data.decode("utf-8", errors="replace")
            for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for _, column, *_ in connection.execute(f"PRAGMA table_info({quote(table)})").fetchall():
                    conditions = [
                        f"instr(lower(CAST({quote(column)} AS TEXT)), {literal(part)}) > 0" for part in _parts(values)
                    ]
                    condition = " OR ".join(conditions) or "0"
                    rows = connection.execute(f"SELECT CAST({quote(column)} AS TEXT) FROM {quote(table)} WHERE {condition}")
                    longer |= _texts(rows.fetchall(), f"{path}, {table}.{column}", values, proof)
    except sqlite3.Error as error:
        proof.hit(f"{path} (it cannot be opened: {type(error).__name__})", ["unread"])
    return longer
