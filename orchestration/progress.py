"""What a person sees while the job works: bars on a terminal, plain lines elsewhere, nothing in a server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from warehouse import clock
from warehouse.progress import Progress as Reporter
from warehouse.progress import silent

_current: Reporter = silent


def report(step: str, done: int, total: int, detail: str = "") -> None:
    """Tell whoever watches this process."""
    _current(step, done, total, detail)


@contextmanager
def shown(plain: bool = False) -> Iterator[None]:
    """Show progress on stderr while the block runs: live bars on a terminal, one line a finished step otherwise."""
    global _current  # noqa: PLW0603 - one process has one person in front of it
    before = _current
    console = Console(stderr=True)
    try:
        if console.is_terminal and not plain:
            with _bars(console) as bars:
                _current = _Bars(bars)
                yield
        else:
            lines = _Lines()
            _current = lines
            yield
            lines.finish()
    finally:
        _current = before


def _bars(console: Console) -> Progress:
    columns = (TextColumn("{task.description:<14}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("[dim]{task.fields[detail]}"), console=console)


class _Bars:
    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, step: str, done: int, total: int, detail: str = "") -> None:
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(step, total=total, detail="")
        self._bars.update(self._tasks[step], completed=done, total=max(total, done, 1), detail=detail[:48])
        if done >= total:
            self._bars.update(self._tasks[step], completed=max(total, 1), total=max(total, 1), detail="")
            self._bars.stop_task(self._tasks[step])


class _Lines:
    """A line when a step starts and one when the next begins, so that a log stays short."""

    def __init__(self) -> None:
        self._step = ""
        self._started = 0.0
        self._total = 0

    def __call__(self, step: str, done: int, total: int, detail: str = "") -> None:  # noqa: ARG002
        if step != self._step:
            self.finish()
            self._step, self._started = step, clock.stopwatch()
        self._total = total

    def finish(self) -> None:
        if self._step:
            seconds = clock.stopwatch() - self._started
            sys.stderr.write(f"{self._step}: {self._total} done in {seconds:.1f} s\n")
            sys.stderr.flush()
        self._step = ""
