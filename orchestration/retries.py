"""Retries: only for locks and I/O, which pass by themselves; everything else fails at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dagster import RetryRequested

from warehouse.errors import LockedError, cause_of, is_disk_full

TIMES, WAIT_SECONDS = 2, 5


@contextmanager
def on_locks_and_io() -> Iterator[None]:
    """Ask Dagster to run the step again when a lock or the file system got in the way."""
    try:
        yield
    except (LockedError, OSError) as error:
        if is_disk_full(error) or isinstance(error, FileNotFoundError):
            raise
        raise RetryRequested(max_retries=TIMES, seconds_to_wait=WAIT_SECONDS) from (cause_of(error) or error)
