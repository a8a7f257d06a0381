"""The serving folder: where snapshots lie, how one is opened, and how `current` is swapped.

    serving/current.duckdb               what BI opens; a hard link to (or a copy of) one of the snapshots
    serving/snapshots/<version>.duckdb   the versions that were served, the newest few
    serving/staging/                     work of the publication under way; whatever a dead one left is cleaned by the next
    serving/publish.lock                 one publication or rollback at a time; readers never look at it

A snapshot enters snapshots/ only after it is current, so a version in there was always audited and served.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from serving.model import META_SCHEMA, SUFFIX, Publication, ServedTable, version_number
from warehouse.database import configure, literal, quote
from warehouse.errors import LockedError, PublishError, SalesOpsError, StateError, disk_full, is_disk_full

CATALOG = "salesops"
LOCK_WAIT_SECONDS = 60.0


def current_file(serving: Path) -> Path:
    """The file that readers open."""
    return serving / f"current{SUFFIX}"


def snapshots_folder(serving: Path) -> Path:
    """Where the kept versions lie."""
    return serving / "snapshots"


def snapshot_file(serving: Path, version: str) -> Path:
    """The file of one kept version."""
    return snapshots_folder(serving) / f"{version}{SUFFIX}"


def staging_folder(serving: Path) -> Path:
    """Where a publication works; on the same disk, so that a rename is enough."""
    return serving / "staging"


def kept_versions(serving: Path) -> list[str]:
    """The versions in snapshots/, newest first."""
    numbered = [(version_number(path.stem), path.stem) for path in snapshots_folder(serving).glob(f"*{SUFFIX}")]
    return [name for number, name in sorted(((n, name) for n, name in numbered if n is not None), reverse=True)]


@contextmanager
def publish_lock(serving: Path, wait_seconds: float = LOCK_WAIT_SECONDS) -> Iterator[None]:
    """Be the only one who changes the serving folder; the operating system frees it when the process dies.

    Raises:
        LockedError: another publication or rollback did not end in time.
        DiskFullError: there is no space for the folders.
    """
    with writing(serving):
        for folder in (serving, snapshots_folder(serving)):
            folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(serving / "publish.lock", timeout=wait_seconds)
        try:
            lock.acquire()
        except Timeout as error:
            raise LockedError(
                f"Another publication or rollback is under way; waited {wait_seconds:.0f} s",
                str(serving),
                "wait for it to end and run again; the served version stays as it is",
            ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Turn what the operating system or DuckDB raises while writing into a refusal that names the place."""
    try:
        yield
    except SalesOpsError:
        raise
    except (OSError, duckdb.Error) as error:
        if is_disk_full(error):
            raise disk_full(error, str(place)) from error
        raise PublishError(
            f"The serving folder cannot be written: {str(error).splitlines()[0]}",
            str(place),
            "check the folder's permissions and the message above, then run again; the served version is untouched",
        ) from error


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only session on a snapshot, in an instance of its own.

    A plain connect would share the instance (and the old file) with whoever in this process still holds the path open; an
    attachment reads what lies there now.

    Raises:
        StateError: the file is damaged or no database; FileNotFoundError is raised as it is.
    """
    if not path.exists():
        raise FileNotFoundError(path)
    with duckdb.connect(":memory:") as connection:
        try:
            configure(connection)
            connection.execute(f"ATTACH {literal(str(path.absolute()))} AS {quote(CATALOG)} (READ_ONLY)")
            connection.execute(f"USE {quote(CATALOG)}")
        except duckdb.Error as error:
            if not path.exists():
                raise FileNotFoundError(path) from error
            raise _unreadable(path, str(error).splitlines()[0]) from error
        yield connection


def read_publication(path: Path) -> Publication:
    """What the snapshot file says about itself.

    Raises:
        StateError: it is damaged or was not made by a publication; FileNotFoundError when it is missing.
    """
    with opened(path) as connection:
        try:
            rows = connection.execute(
                f"SELECT version, fingerprint, as_of, run_id, published_at, verdict_hash FROM {META_SCHEMA}.publication"
            ).fetchall()
            tables = connection.execute(
                f"SELECT table_schema, table_name, row_count, content_hash, description "
                f"FROM {META_SCHEMA}.published_table ORDER BY table_schema, table_name"
            ).fetchall()
        except duckdb.Error as error:
            raise _unreadable(path, str(error).splitlines()[0]) from error
    if len(rows) != 1:
        raise _unreadable(path, f"{META_SCHEMA}.publication has {len(rows)} rows instead of one")
    version, fingerprint, as_of, run_id, published_at, verdict_hash = rows[0]
    served = tuple(ServedTable(*table) for table in tables)
    return Publication(version, fingerprint, as_of, run_id, published_at, verdict_hash, served, path)


def swap(serving: Path, snapshot: Path) -> None:
    """Make `snapshot` the served one in one step: a reader finds the old file or the new one, never neither.

    Call it under `publish_lock` and sync the folder afterwards: the replacement is the last step in here, so an error means
    that the old file is still served. The snapshot keeps its own name too.
    """
    target = current_file(serving)
    fresh = staging_folder(serving) / f"swap-{snapshot.name}"
    fresh.parent.mkdir(exist_ok=True)
    fresh.unlink(missing_ok=True)
    try:
        os.link(snapshot, fresh)
    except OSError as error:
        if is_disk_full(error):
            raise
        # Some file systems have no hard links (exFAT, several network ones); the copy costs time and space, nothing else.
        shutil.copyfile(snapshot, fresh)
    seal(fresh)
    # A log beside `current` can only come from somebody who opened it for writing; DuckDB would replay it into the new file.
    target.with_name(target.name + ".wal").unlink(missing_ok=True)
    fresh.replace(target)


def keep_staged(serving: Path, staged: Path) -> None:
    """Move a file that is now current from staging/ to snapshots/."""
    staged.replace(snapshots_folder(serving) / staged.name)
    sync_folder(snapshots_folder(serving))


def recover(serving: Path) -> None:
    """Finish or undo what a dead publication left behind; call it under `publish_lock`.

    It may have died after the swap and before its file entered snapshots/: then the file is moved there. Everything else in
    staging/ was never served and goes.
    """
    staging = staging_folder(serving)
    if not staging.is_dir():
        return
    target = current_file(serving)
    for left in sorted(staging.glob(f"*{SUFFIX}")):
        if version_number(left.stem) is not None and target.exists() and _same_version(left, target):
            keep_staged(serving, left)
    shutil.rmtree(staging)


def prune(serving: Path, keep: int) -> list[str]:
    """Delete all but the newest `keep` versions and the served one; call it under `publish_lock`, after the swap.

    A reader that holds a deleted file open keeps it until it lets go.

    Returns:
        The versions that went.
    """
    versions = kept_versions(serving)
    target = current_file(serving)
    gone = [name for name in versions[keep:] if not _same_version(snapshot_file(serving, name), target)]
    for name in gone:
        snapshot_file(serving, name).unlink(missing_ok=True)
    return gone


def seal(path: Path) -> None:
    """Force a finished file to the disk and take the right to write from it: DuckDB clients open for writing by default."""
    path.chmod(0o444)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Force a folder's entries (a rename, a new name) to the disk."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _same_version(file: Path, served: Path) -> bool:
    if file.samefile(served):
        return True
    try:
        return read_publication(served).version == file.stem
    except StateError:
        # A damaged `current` is nobody's twin; publishing again is the way to repair it, so it must not stop here.
        return False


def _unreadable(path: Path, why: str) -> StateError:
    return StateError(
        f"The published snapshot cannot be read: {why}",
        str(path),
        "serve an earlier version with `salesops publish --rollback`, or run `salesops run` to publish again",
    )
