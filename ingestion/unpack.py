"""Compressed exports: .gz, .zip and .zst, told by the name's end, unpacked in blocks and never beyond a limit."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, cast

from ingestion.contract import PACKED
from ingestion.landing import BLOCK, Marks
from ingestion.text import UnreadableError
from warehouse.errors import is_disk_full

# Exports of text shrink to a fifth or a tenth; what shrinks to less than a hundredth was made to fill a disk.
MAX_RATIO = 100
ALWAYS_ALLOWED = 64 << 20
DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


def is_packed(name: str) -> bool:
    """Whether a file of this name is compressed."""
    return PurePosixPath(name).suffix.lower() in PACKED


def unpack(path: Path, name: str, target: Path) -> Marks:
    """Write the content of a compressed file to `target`; returns its marks.

    Raises:
        UnreadableError: it is damaged, encrypted, holds several files, or is far larger than it looks.
    """
    limit = ALWAYS_ALLOWED + MAX_RATIO * path.stat().st_size
    size, marks = 0, Marks()
    try:
        with _opened(path, PurePosixPath(name).suffix.lower()) as source, target.open("wb") as out:
            while block := source.read(BLOCK):
                size += len(block)
                if size > limit:
                    raise UnreadableError(f"unpacked it is more than {MAX_RATIO} times its size: it is no export")
                marks = marks.after(block)
                out.write(block)
    except DAMAGED as error:
        if is_disk_full(error):
            raise
        raise UnreadableError(f"it cannot be unpacked: {error}") from error
    return marks


def start_of(path: Path, most: int) -> bytes:
    """The first bytes of a compressed file's content, at most `most`.

    Raises:
        UnreadableError: it is damaged, encrypted, or holds several files.
    """
    parts, size = [], 0
    try:
        with _opened(path, path.suffix.lower()) as source:
            while size < most and (block := source.read(min(BLOCK, most - size))):
                parts.append(block)
                size += len(block)
    except DAMAGED as error:
        raise UnreadableError(f"it cannot be unpacked: {error}") from error
    return b"".join(parts)


@contextmanager
def _opened(path: Path, suffix: str) -> Iterator[IO[bytes]]:
    if suffix == ".gz":
        with gzip.open(path) as file:
            yield cast("IO[bytes]", file)
    elif suffix == ".zst":
        import pyarrow as pa  # noqa: PLC0415 - a fifth of a second, for files that are rare

        with pa.input_stream(str(path), compression="zstd") as stream:
            yield stream
    else:
        with zipfile.ZipFile(path) as archive:
            # A Mac adds a folder of its own to every archive.
            names = [i.filename for i in archive.infolist() if not i.is_dir() and not i.filename.startswith("__MACOSX/")]
            if len(names) != 1:
                raise UnreadableError(f"it holds {len(names)} files; an export is one file in one archive")
            with archive.open(names[0]) as member:
                yield member
