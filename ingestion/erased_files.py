"""What the ledger knows of erasures: who is erased (by keyed hash), and which landed file took the place of which.

A load keeps the identity of the bytes that were dropped: their hash stays the known one, whatever redacted object is read
for it, so the same bytes dropped again are known and not loaded.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ingestion import landing
from ingestion.inbox import Found
from ingestion.personal_values import Erased
from ingestion.redaction import redacted
from warehouse import personal
from warehouse.errors import write_refused
from warehouse.home import Home
from warehouse.ledger import Ledger

ERASED, REDACTED = "erasure", "redaction"


@dataclass
class ErasedFiles:
    """What was erased here. `latest` maps the hash of dropped bytes to that of the object that is read in their place."""

    home: Home
    erased: Erased
    latest: dict[str, str]
    origins: dict[str, str]
    sizes: set[int]

    @classmethod
    def read(cls, home: Home, ledger: Ledger) -> ErasedFiles:
        """The ledger's last word; makes no key where nobody was erased."""
        hashes: list[tuple[str, str]] = []
        latest: dict[str, str] = {}
        origins: dict[str, str] = {}
        sizes: set[int] = set()
        for event in ledger.events(ERASED, REDACTED):
            if event.kind == ERASED:
                hashes += [(kind, digest) for kind, digest in event.body["hashes"]]
            else:
                latest[event.body["sha256"]] = event.body["redacted"]
                origins[event.body["redacted"]] = event.body["sha256"]
                sizes |= {event.body["size"], event.body["redacted_size"]}
        secret = personal.key(home.root) if hashes else b""
        return cls(home, Erased(secret, hashes), latest, origins, sizes)

    def origin(self, sha256: str) -> str:
        """The hash of the bytes as they were dropped, for those of a redacted object."""
        return self.origins.get(sha256, sha256)

    def current(self, sha256: str) -> str:
        """The hash of the object to read for bytes that were dropped."""
        return self.latest.get(sha256, sha256)

    def is_outdated(self, sha256: str) -> bool:
        """Whether bytes hold somebody who was erased of them."""
        return self.current(self.origin(sha256)) != sha256

    def apply(self, found: Found, ledger: Ledger) -> Found:
        """The file to land: the same, or, in its place, one without the people who were erased.

        Costs nothing where nobody was. The copy in the inbox is replaced as well; where the inbox cannot be written to, a
        copy in the home is landed instead.
        """
        if not self.erased:
            return found
        sha256, _ = landing.fingerprint(found.path)
        ready = self.home.landing / self.current(self.origin(sha256))
        if self.is_outdated(sha256) and ready.is_file():
            return _replaced(found, ready, self.home.scratch)
        with redacted(found.path, found.name, found.contract, self.erased, (), self.home.scratch) as copy:
            if copy is None:
                return found
            self.note(ledger, sha256, found.size, copy)
            return _replaced(found, copy, self.home.scratch)

    def note(self, ledger: Ledger, sha256: str, size: int, copy: Path) -> str:
        """Put into the ledger that a redacted object takes the place of bytes; the hash of that object."""
        new, _ = landing.fingerprint(copy)
        origin = self.origin(sha256)
        if self.latest.get(origin) != new:
            body = {"sha256": origin, "size": size, "redacted": new, "redacted_size": copy.stat().st_size}
            ledger.append(REDACTED, body)
        self.latest[origin] = new
        self.origins[new] = origin
        self.sizes |= {size, copy.stat().st_size}
        return new


def is_writable(path: Path) -> bool:
    """Whether a file of the inbox can be replaced."""
    return os.access(path.parent, os.W_OK)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A draft beside a file that takes its place, and its times and rights, when the block ends well."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.erasing")
    try:
        info = path.stat()
        yield draft
        draft.chmod(info.st_mode & 0o777)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        os.utime(draft, ns=(info.st_atime_ns, info.st_mtime_ns))
        draft.replace(path)
    except OSError as error:
        raise write_refused(error, path) from error
    finally:
        draft.unlink(missing_ok=True)


def _replaced(found: Found, by: Path, scratch: Path) -> Found:
    if is_writable(found.path):
        with replacing(found.path) as draft:
            shutil.copyfile(by, draft)
        path = found.path
    else:
        path = scratch / f"inbox-{found.path.name}"
        shutil.copyfile(by, path)
    info = path.stat()
    return replace(found, path=path, size=info.st_size, mtime_ns=info.st_mtime_ns)
