"""One writer: a file lock on the build file that says who holds it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse import clock
from warehouse.errors import LockedError
from warehouse.home import Home

WAIT_VARIABLE = "SALESOPS_LOCK_WAIT_SECONDS"
DEFAULT_WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Holder:
    """Who works on the build file: run id, process id, and since when (UTC, ISO)."""

    run_id: str
    pid: int
    since: str


@contextmanager
def build_lock(home: Home, run_id: str, wait_seconds: float | None = None) -> Iterator[Holder]:
    """Hold the build file for one run; the operating system frees it when the process dies.

    Args:
        home: the working folder.
        run_id: what the lock tells others.
        wait_seconds: how long to wait for another holder; default 60 or SALESOPS_LOCK_WAIT_SECONDS.

    Raises:
        LockedError: the other run did not finish in time; names it.
    """
    wait = _wait_seconds() if wait_seconds is None else wait_seconds
    with _alive(home, run_id):
        yield from _hold(home, run_id, wait)


def _hold(home: Home, run_id: str, wait: float) -> Iterator[Holder]:
    lock = FileLock(_lock_file(home), timeout=wait)
    try:
        lock.acquire()
    except Timeout as error:
        held = holder(home)
        who = f"run {held.run_id} (process {held.pid}, since {held.since} UTC)" if held else "another process"
        raise LockedError(
            f"The build file is in use by {who}; waited {wait:.0f} s",
            str(home.build),
            "wait for that run to end, or stop that process, and run again; the served version stays as it is",
        ) from error
    try:
        mine = Holder(run_id, os.getpid(), clock.now().isoformat(timespec="seconds"))
        _holder_file(home).write_text(json.dumps(asdict(mine)), encoding="utf-8")
        yield mine
    finally:
        _holder_file(home).unlink(missing_ok=True)
        lock.release()


def holder(home: Home) -> Holder | None:
    """Who last wrote their name at the lock; None when nobody did."""
    try:
        return Holder(**json.loads(_holder_file(home).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def is_alive(home: Home, run_id: str) -> bool | None:
    """Whether the process of a run lives, working or waiting for the build file; None when it never said that it does."""
    path = _alive_file(home, run_id)
    return None if not path.exists() else not _is_free(path)


@contextmanager
def _alive(home: Home, run_id: str) -> Iterator[None]:
    """Hold a lock of this run's own, so that others can tell a waiting run from a dead one."""
    path = _alive_file(home, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path, timeout=0):
        yield
    path.unlink(missing_ok=True)


def _is_free(path: Path) -> bool:
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return False
    lock.release()
    return True


def _wait_seconds() -> float:
    text = os.environ.get(WAIT_VARIABLE, "")
    try:
        return float(text) if text else DEFAULT_WAIT_SECONDS
    except ValueError as error:
        raise LockedError(f"{text!r} is not a number of seconds", WAIT_VARIABLE, "write it like 60") from error


def _alive_file(home: Home, run_id: str) -> Path:
    return home.root / "locks" / f"{run_id}.lock"


def _lock_file(home: Home) -> Path:
    return home.root / "build.lock"


def _holder_file(home: Home) -> Path:
    return home.root / "build.lock.json"
