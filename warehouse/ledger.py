"""The append-only, hash-chained record of what cannot be rebuilt: loads, quarantines, human decisions.

One JSON object a line in ledger/events.jsonl. Each carries the hash of the one before it, so a line that was changed, or
removed before the last one, is found. A line that a dying process left unfinished is cut off on the next append: it never
happened. Payloads (anything that may have to be deleted) lie beside it by their sha256; the chain holds only that hash.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from warehouse import clock
from warehouse.errors import StateError, write_refused
from warehouse.files import write_whole

GENESIS = "0" * 64
PAYLOADS = "payloads"
REPLACED = "payload_replaced"


@dataclass(frozen=True)
class Event:
    """One thing that happened: its place in the chain, its kind and what it says."""

    seq: int
    at: str
    kind: str
    body: Mapping[str, Any]
    prev: str
    hash: str


class Ledger:
    """The ledger of one home. `folder` is made on the first append."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "events.jsonl"
        self._lock = FileLock(folder / "events.lock")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the ledger, so that what is read and what is then appended belong together; may be nested.

        Raises:
            StateError: the folder cannot be written to.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except OSError as error:
            raise write_refused(error, self.folder) from error
        try:
            yield
        finally:
            self._lock.release()

    def append(self, kind: str, body: Mapping[str, Any]) -> Event:
        """Add one event and force it to the disk."""
        return self.append_all([(kind, body)])[0]

    def append_all(self, entries: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Event]:
        """Add several events, in order, with one write and one sync.

        Raises:
            DiskFullError: nothing was added.
            StateError: the chain on the disk is damaged, or cannot be written to.
        """
        added: list[Event] = []
        with self.locked():
            size, last = self._tail()
            seq, prev = (last.seq + 1, last.hash) if last else (0, GENESIS)
            lines = []
            for kind, body in entries:
                event = _seal(seq, clock.now().isoformat(timespec="microseconds"), kind, body, prev)
                added.append(event)
                lines.append(_line(event))
                seq, prev = seq + 1, event.hash
            if lines:
                self._write(size, "".join(lines).encode("utf-8"))
        return added

    def events(self, *kinds: str) -> list[Event]:
        """All events of the given kinds (all kinds if none is given), oldest first, with the chain verified.

        Raises:
            StateError: a line was changed, removed or cannot be read; names the line.
        """
        found: list[Event] = []
        prev = GENESIS
        for number, text in enumerate(self._whole_lines(), start=1):
            event = self._parse(number, text)
            if event.prev != prev or event.seq != number - 1 or event != _seal(*_content(event)):
                raise self._damaged(number, "its hash does not follow from the line before it")
            prev = event.hash
            if not kinds or event.kind in kinds:
                found.append(event)
        return found

    def head(self) -> str:
        """The hash of the last event: what a run depends on."""
        events = self.events()
        return events[-1].hash if events else GENESIS

    def keep(self, payload: bytes) -> str:
        """Store a payload beside the chain; returns its sha256, which is what an event holds of it.

        Raises:
            DiskFullError: nothing was kept.
        """
        digest = hashlib.sha256(payload).hexdigest()
        target = self.folder / PAYLOADS / digest
        if not target.exists():
            write_whole(target, payload, durable=True)
        return digest

    def payload(self, digest: str) -> bytes:
        """What was kept under a sha256.

        Raises:
            StateError: it is gone, or is not what was kept.
        """
        path = self.folder / PAYLOADS / digest
        if not path.exists():
            # Events name the payload that was kept first, whatever was erased from it since.
            for event in self.events(REPLACED):
                digest = event.body["by"] if event.body["payload"] == digest else digest
            path = self.folder / PAYLOADS / digest
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise StateError("A payload of the ledger is gone", str(path), "restore the ledger folder from a backup") from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise StateError("A payload of the ledger was changed", str(path), "restore the ledger folder from a backup")
        return content

    def replace_payload(self, digest: str, content: bytes) -> None:
        """Put other content in the place of a payload, which is deleted; the chain keeps both hashes.

        Raises:
            DiskFullError: nothing was replaced.
        """
        self.append(REPLACED, {"payload": digest, "by": self.keep(content)})
        (self.folder / PAYLOADS / digest).unlink(missing_ok=True)

    def _whole_lines(self) -> list[str]:
        try:
            raw = self.file.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._damaged(None, f"it cannot be read ({error.strerror})") from error
        # Not splitlines: a text may hold what that takes for the end of a line.
        return [line.decode("utf-8", errors="replace") for line in raw.split(b"\n")[:-1]]

    def _tail(self) -> tuple[int, Event | None]:
        """Bytes of whole lines, and the last event; reads only the end of the file."""
        try:
            with self.file.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                window = 1 << 16
                while True:
                    start = max(0, size - window)
                    file.seek(start)
                    block = file.read()
                    end = block.rfind(b"\n")
                    begin = block.rfind(b"\n", 0, max(end, 0))
                    if start == 0 or (end > 0 and begin >= 0):
                        break
                    window *= 4
        except FileNotFoundError:
            return 0, None
        except OSError as error:
            raise self._damaged(None, f"it cannot be read ({error.strerror})") from error
        if end < 0:
            return 0, None
        text = block[begin + 1 : end].decode("utf-8", errors="replace")
        return start + end + 1, self._parse(None, text)

    def _write(self, offset: int, data: bytes) -> None:
        try:
            with self.file.open("r+b" if self.file.exists() else "w+b") as file:
                file.truncate(offset)
                file.seek(offset)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise write_refused(error, self.file) from error

    def _parse(self, number: int | None, text: str) -> Event:
        try:
            return Event(**json.loads(text))
        except (ValueError, TypeError) as error:
            raise self._damaged(number, "it is not an event") from error

    def _damaged(self, number: int | None, why: str) -> StateError:
        return StateError(
            f"The ledger is damaged: {why}",
            f"{self.file}:{number}" if number else f"{self.file}, last line",
            "restore the ledger folder from a backup; it cannot be rebuilt from anything else",
        )


def _content(event: Event) -> tuple[int, str, str, Mapping[str, Any], str]:
    return event.seq, event.at, event.kind, event.body, event.prev


def _seal(seq: int, at: str, kind: str, body: Mapping[str, Any], prev: str) -> Event:
    content = json.dumps([seq, at, kind, body, prev], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Event(seq, at, kind, body, prev, hashlib.sha256(content.encode("utf-8")).hexdigest())


def _line(event: Event) -> str:
    return json.dumps(event.__dict__, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"
