"""Export files on disk: whole or not at all, rows counted, in bounded memory.

A file grows under a hidden name and gets its own when it is complete, so that no reader takes half an export. One thread writes
while the next rows are being made; it works strictly in turn, so that the bytes do not depend on it.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import pyarrow as pa
import pyarrow.csv

from warehouse.errors import write_refused
from warehouse.progress import Progress

# Arrow's writer is fastest when a batch of text stays in the processor's cache.
_BATCH = 1024


class Export:
    """One file being written; `later` is called with each piece of work."""

    def __init__(self, path: Path, quote_all: bool, later: Callable[[Callable[[], None]], None]) -> None:
        self.path = path
        self.rows = 0
        self._unfinished = path.with_name(f".{path.name}.part")
        self._options = pyarrow.csv.WriteOptions(quoting_style="all_valid" if quote_all else "needed", batch_size=_BATCH)
        self._later = later
        self._writer: pyarrow.csv.CSVWriter | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        self._stream = pa.OSFile(str(self._unfinished), "wb")

    def table(self, rows: pa.Table) -> None:
        """Append rows of text as CSV; the first call also writes the header."""
        if self._writer is None:
            self._writer = pyarrow.csv.CSVWriter(self._stream, rows.schema, write_options=self._options)
        writer = self._writer
        self.rows += rows.num_rows
        self._later(lambda: writer.write_table(rows))

    def lines(self, lines: pa.StringArray) -> None:
        """Append ready lines, each with its own line end."""
        _, offsets, data = lines.buffers()
        ends = memoryview(offsets).cast("i")
        text = data.slice(ends[lines.offset], ends[lines.offset + len(lines)] - ends[lines.offset])
        self.rows += len(lines)
        self._later(lambda: self._stream.write(text))

    def finish(self) -> None:
        """Close the file and give it its name."""

        def close() -> None:
            if self._writer is not None:
                self._writer.close()
            self._stream.close()
            self._unfinished.replace(self.path)

        self._later(close)

    def abandon(self) -> None:
        """Leave nothing behind of a file that was not finished."""
        self._stream.close()
        self._unfinished.unlink(missing_ok=True)


class Exports:
    """The folder that the exports go to; leaving its context waits until all is written.

    Args:
        out: the folder; made if missing.
        progress: told of every file as its last rows are handed over.
        total: how many files there will be.
    """

    def __init__(self, out: Path, progress: Progress, total: int) -> None:
        self._out, self._progress, self._total = out, progress, total
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sample-writer")
        self._pending: Future[None] | None = None
        self._begun: list[Export] = []
        self.files: list[Path] = []
        self.rows: dict[str, int] = {}

    def __enter__(self) -> Exports:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if error is None:
                self._wait()
        except OSError as caught:
            error = caught
        self._worker.shutdown(wait=True)
        for export in self._begun:
            export.abandon()
        if isinstance(error, OSError):
            raise write_refused(error, self._out) from error

    @contextmanager
    def open(
        self, source: str, name: str, extracted: dt.date, suffix: str = "csv", quote_all: bool = False
    ) -> Iterator[Export]:
        """One export file, `source/name_YYYY-MM-DD.suffix`, there only if all goes well."""
        path = self._out / source / f"{name}_{extracted.isoformat()}.{suffix}"
        export = Export(path, quote_all, self._write_later)
        self._begun.append(export)
        yield export
        export.finish()
        self._done(path, f"{source}.{name}", export.rows)

    def again(self, path: Path, name: str, rows: int) -> None:
        """A finished file a second time, under the name that a second download gives it."""
        copy = path.with_name(f"{path.stem} (1){path.suffix}")

        def write() -> None:
            unfinished = copy.with_name(f".{copy.name}.part")
            shutil.copyfile(path, unfinished)
            unfinished.replace(copy)

        self._write_later(write)
        self._done(copy, name, rows)

    def _done(self, path: Path, name: str, rows: int) -> None:
        self.files.append(path)
        self.rows[name] = self.rows.get(name, 0) + rows
        self._progress("sample", len(self.files), self._total, f"{name}: {rows:,} rows")

    def _write_later(self, work: Callable[[], None]) -> None:
        # Waiting for the work before last keeps at most two pieces in memory.
        self._wait()
        self._pending = self._worker.submit(work)

    def _wait(self) -> None:
        if self._pending is not None:
            pending, self._pending = self._pending, None
            pending.result()


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turns what goes wrong with files below the folder into a refusal."""
    try:
        yield
    except OSError as error:
        raise write_refused(error, folder) from error
