"""Erasing people from what was dropped: the landed objects, the inbox, and the memory of who must not come back.

What is to be erased is written down first (`erasing.json` in the home, readable by its owner, gone at the end), so that an
erasure that was killed goes on where it was, whatever of the person was erased already.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingestion import known_files
from ingestion.contract import Contract
from ingestion.erased_files import ERASED, ErasedFiles, replacing
from ingestion.person import Person
from ingestion.personal_values import RECORD, Erased, Value, glance
from ingestion.redact_rows import KEY_MARK
from ingestion.redaction import redacted
from warehouse import personal
from warehouse.errors import StateError
from warehouse.files import write_whole
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.progress import Progress, silent

JOURNAL = "erasing.json"
STEP = "erase"


@dataclass(frozen=True)
class Erasure:
    """An erasure that was decided: the values to remove, and those that only a later export is compared with."""

    values: tuple[Value, ...]
    tombstone: tuple[Value, ...]

    @property
    def may_hold(self) -> Callable[[bytes], bool]:
        """Whether bytes may be about the person, at a glance."""
        keys = [text.rsplit("|", 1)[1] for kind, text in self.tombstone if kind == RECORD]
        # Ids of a CRM come in 15 characters and in 18.
        parts = {part[:15] for key in keys for part in key.split(KEY_MARK)}
        return glance(self.values, parts)


def journal(home: Home) -> Path:
    """Where the erasure that is under way is written down."""
    return home.root / JOURNAL


def under_way(home: Home) -> Erasure | None:
    """The erasure that was begun and did not end.

    Raises:
        StateError: what was written down cannot be read.
    """
    path = journal(home)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return Erasure(*(tuple((kind, text) for kind, text in said[part]) for part in ("values", "tombstone")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StateError(
            "The erasure that was begun cannot be read", str(path), "delete it and run `salesops erase` again"
        ) from error


def begin(home: Home, ledger: Ledger, people: Sequence[Person], reason: str, by: str) -> Erasure:
    """Write down what is to be erased, here and (as keyed hashes only) in the ledger.

    Args:
        home, ledger: where.
        people: whom; with an erasure that is under way, its values are erased as well.
        reason: why; kept beside the ledger, where it can be deleted.
        by: who asked for it.
    """
    before = under_way(home) or Erasure((), ())
    values = sorted({*before.values, *(value for person in people for value in person.values)})
    tombstone = sorted({*before.tombstone, *(value for person in people for value in person.tombstone())})
    write_whole(journal(home), json.dumps({"values": values, "tombstone": tombstone}) + "\n", durable=True)
    journal(home).chmod(0o600)
    secret = personal.key(home.root)
    known = {tuple(item) for event in ledger.events(ERASED) for item in event.body["hashes"]}
    hashes = sorted({(kind, personal.keyed_hash(secret, kind, text)) for kind, text in tombstone} - known)
    if hashes:
        counts: dict[str, int] = {}
        for person in people:
            for name, number in person.counts().items():
                counts[name] = counts.get(name, 0) + number
        kept = ledger.keep(reason.encode("utf-8")) if reason else ""
        ledger.append(ERASED, {"hashes": hashes, "records": counts, "reason": kept, "by": by})
    return Erasure(tuple(values), tuple(tombstone))


def end(home: Home) -> None:
    """Forget what was to be erased."""
    journal(home).unlink(missing_ok=True)


def erase_files(
    home: Home, ledger: Ledger, contracts: Sequence[Contract], inbox: Path, erasure: Erasure, progress: Progress = silent
) -> list[str]:
    """Replace every landed object and every file of the inbox that holds the person by one that does not.

    Returns:
        what was replaced: names in the inbox, and landed objects by the name they came under.
    """
    files = ErasedFiles.read(home, ledger)
    changed = _landed(home, ledger, contracts, files, erasure, progress)
    changed += _dropped(home, contracts, files, inbox, erasure, progress)
    return sorted(set(changed))


def _landed(
    home: Home,
    ledger: Ledger,
    contracts: Sequence[Contract],
    files: ErasedFiles,
    erasure: Erasure,
    progress: Progress,
) -> list[str]:
    by_id = {contract.id: contract for contract in contracts}
    names = {key.sha256: (file.file_name, by_id.get(key.contract_id)) for key, file in known_files.read(ledger).items()}
    may_hold = erasure.may_hold
    objects = sorted(path for path in home.landing.iterdir() if path.is_file()) if home.landing.is_dir() else []
    changed = []
    for done, path in enumerate(objects):
        origin = files.origin(path.name)
        name, contract = names.get(origin, (path.name, None))
        progress(STEP, done, len(objects), name)
        if path.name.startswith("."):
            path.unlink()  # what a killed run left half landed
            continue
        with redacted(path, name, contract, files.erased, erasure.values, home.scratch, may_hold) as copy:
            if copy is not None:
                size = path.stat().st_size
                draft = home.landing / f".{os.getpid()}.part"
                shutil.copyfile(copy, draft)
                draft.chmod(0o444)
                with draft.open("rb") as file:
                    os.fsync(file.fileno())
                # The redacted object is there before the ledger names it, and the old one goes after that.
                draft.replace(home.landing / files.note(ledger, path.name, size, copy))
                path.unlink()
                changed.append(name)
            elif files.is_outdated(path.name):
                path.unlink()
    progress(STEP, len(objects), len(objects))
    return changed


def _dropped(
    home: Home,
    contracts: Sequence[Contract],
    files: ErasedFiles,
    inbox: Path,
    erasure: Erasure,
    progress: Progress,
) -> list[str]:
    may_hold = erasure.may_hold
    found = [Path(folder) / name for folder, _, names in os.walk(inbox) for name in names]
    paths = sorted(path for path in found if path.is_file() and not path.is_symlink())
    changed = []
    for done, path in enumerate(paths):
        name = path.relative_to(inbox).as_posix()
        progress(STEP, done, len(paths), name)
        contract = next((one for one in contracts if one.claims(PurePosixPath(name))), None)
        with redacted(path, name, contract, files.erased, erasure.values, home.scratch, may_hold) as copy:
            if copy is not None:
                with replacing(path) as draft:
                    shutil.copyfile(copy, draft)
                changed.append(name)
    progress(STEP, len(paths), len(paths))
    return changed


def erased_here(home: Home, ledger: Ledger) -> Erased:
    """Who is erased, by keyed hash."""
    return ErasedFiles.read(home, ledger).erased


def payloads(home: Home) -> Iterable[Path]:
    """What lies beside the ledger."""
    folder = home.ledger / "payloads"
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
