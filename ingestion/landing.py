"""Immutable landing: every accepted file once, under its sha256."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ingestion.inbox import Found, unchanged
from warehouse.errors import StateError, disk_full, is_disk_full, write_refused

BLOCK = 4 << 20
FICLONE = 0x40049409
_BESIDE = ThreadPoolExecutor(1, thread_name_prefix="landing")
_HASHING = ThreadPoolExecutor(1, thread_name_prefix="hashing")


@dataclass(frozen=True)
class Marks:
    """What the bytes of a file tell before it is decoded.

    A NUL byte is of no text encoding but UTF-16; with carriage returns its line ends may be mixed. `feeds` are its line feeds.
    """

    has_nul: bool = False
    has_return: bool = False
    feeds: int = 0

    def after(self, block: bytes) -> Marks:
        """The marks once a block more is seen."""
        return Marks(self.has_nul or b"\0" in block, self.has_return or b"\r" in block, self.feeds + block.count(b"\n"))


class ChangedError(Exception):
    """A file of the inbox changed while it was read."""


@dataclass(frozen=True)
class Landed:
    """A file in landing, or on its way there.

    `path` is where it is read; `synced` is what is still under way beside that, `source` the file of the inbox if it is that
    which is read.
    """

    sha256: str
    path: Path
    size: int
    marks: Marks
    synced: Future[None] | None = field(default=None, compare=False, repr=False)
    source: Found | None = field(default=None, compare=False, repr=False)

    def wait(self) -> None:
        """Return when the file is safely on the disk; whoever writes down that it landed, or what it held, waits for that.

        Raises:
            ChangedError: what was read from the inbox may not be what landed.
            DiskFullError, StateError: it cannot be written.
        """
        try:
            if self.synced is not None:
                self.synced.result()
        except OSError as error:
            raise write_refused(error, self.path) from error
        if self.source is not None and not unchanged(self.source):
            raise ChangedError


def fingerprint(path: Path) -> tuple[str, Marks]:
    """The sha256 of a file, and its marks."""
    digest, marks = hashlib.sha256(), Marks()
    hashed: Future[None] | None = None
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            # One block is hashed while the next is read and looked at.
            if hashed is not None:
                hashed.result()
            hashed = _HASHING.submit(digest.update, block)
            marks = marks.after(block)
    if hashed is not None:
        hashed.result()
    return digest.hexdigest(), marks


def land(found: Found, landing: Path) -> Landed | None:
    """Bring a stable file into landing; None when it changed meanwhile.

    The bytes are shared with the inbox where the file system can clone a file. Where it cannot, they are copied while the
    file is read from the inbox; whoever waits for the copy learns if the file changed in the meantime. They are never
    hard-linked, because an export that is written again in place would change what was landed.

    Raises:
        DiskFullError: there is no space; nothing is left behind.
    """
    temporary = landing / f".{os.getpid()}.part"
    try:
        with found.path.open("rb") as source, temporary.open("wb") as target:
            is_cloned = clone(source.fileno(), target.fileno())
        digest, marks = fingerprint(temporary if is_cloned else found.path)
        if not unchanged(found):
            temporary.unlink()
            return None
        final = landing / digest
        if is_cloned:
            _finish(temporary, final)
            return Landed(digest, final, found.size, marks, _BESIDE.submit(_sync, final))
        return Landed(digest, found.path, found.size, marks, _BESIDE.submit(_copy, found, temporary, final), found)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        if is_disk_full(error):
            raise disk_full(error, str(landing)) from error
        raise StateError(
            f"The file cannot be landed: {error.strerror}",
            str(error.filename or found.path),
            "check the rights of both folders",
        ) from error


def _copy(found: Found, temporary: Path, final: Path) -> None:
    try:
        shutil.copyfile(found.path, temporary)
        _sync(temporary)
        if not unchanged(found):
            raise ChangedError
        _finish(temporary, final)
    except FileNotFoundError as error:
        raise ChangedError from error
    finally:
        temporary.unlink(missing_ok=True)


def _finish(temporary: Path, final: Path) -> None:
    temporary.chmod(0o444)
    temporary.replace(final)


def find(landing: Path, sha256: str) -> Landed:
    """A landed file, verified.

    Raises:
        StateError: it is missing or its bytes are no longer those that were landed.
    """
    path = landing / sha256
    if not path.is_file():
        raise StateError(
            "A landed file is missing", str(path), "restore the landing folder from a backup, or drop the export again"
        )
    actual, marks = fingerprint(path)
    if actual != sha256:
        raise StateError(
            "A landed file was changed after it landed", str(path), "restore it from a backup, or drop the export again"
        )
    return Landed(sha256, path, path.stat().st_size, marks)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a few megabytes at a time."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def clone(source: int, target: int) -> bool:
    """Let one open file share the bytes of another; false where the file system cannot."""
    with suppress(ImportError, OSError):
        import fcntl  # noqa: PLC0415 - not on every system

        fcntl.ioctl(target, FICLONE, source)
        return True
    return False
