"""The only wall clock. It serves expiry, freshness, file stability, retries and audit stamps; never a mart."""

from __future__ import annotations

import datetime as dt
import time


def now() -> dt.datetime:
    """The current moment, UTC, naive, to the microsecond."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def timestamp() -> float:
    """Seconds since the epoch, comparable with a file's mtime."""
    return time.time()


def stopwatch() -> float:
    """A monotonic second counter, for durations only."""
    return time.perf_counter()


def pause(seconds: float) -> None:
    """Wait; the one place that sleeps, so that tests can replace it."""
    time.sleep(seconds)
