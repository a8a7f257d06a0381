"""Erasing a person from a whole home: files, databases, snapshots, reports and logs; and the proof that nothing is left."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from ingestion import erase, person
from ingestion.erase import Erasure
from ingestion.erased_files import replacing
from ingestion.person import Person
from ingestion.personal_values import Erased, Values
from ingestion.redaction import redacted
from orchestration import erase_proof, launch, steps
from orchestration.erase_proof import SQLITE, Proof
from orchestration.progress import report as progress
from orchestration.resources import Workplace
from orchestration.settings import Settings
from serving import snapshots
from warehouse import database, personal
from warehouse.errors import ConfigurationError, ErasureError, SalesOpsError, StateError
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.lock import build_lock

PROVED = "erasure_proof"
_BINARY = (b"PAR1", b"\x28\xb5\x2f\xfd")


def find(settings: Settings, who: str) -> Person:
    """The person that an e-mail, a record's id or an identifier leads to.

    Raises:
        StateError: nothing was loaded here yet.
        ConfigurationError: no record has this id.
    """
    if not settings.home.build.is_file():
        raise StateError(
            "Nothing is loaded here, so nobody can be looked up", str(settings.home.build), "run `salesops ingest` first"
        )
    with database.connect(settings.home.build, read_only=True) as connection:
        search = person.Search(connection, settings.contracts())
        found = search.by_email(who) if "@" in who else search.by_id(who)
    if not found.records and "@" not in who:
        raise ConfigurationError(
            "No person's record has this id", who, "name the id as the export has it, or the person's e-mail"
        )
    return found


def erase_everywhere(settings: Settings, found: Person | None, reason: str, by: str) -> Proof:
    """Erase a person, or go on with an erasure that was interrupted, and prove it.

    Raises:
        ErasureError: a value is left somewhere, or the version without the person could not be published; names it.
        SalesOpsError: as a run.
    """
    home = settings.home.create()
    ledger = Ledger(home.ledger)
    with build_lock(home, f"erase-{os.getpid()}"):
        erasure = erase.begin(home, ledger, [found] if found else [], reason, by)
        erase.erase_files(home, ledger, settings.contracts(), settings.inbox, erasure, progress)
        if settings.inbox != home.inbox:
            erase.erase_files(home, ledger, settings.contracts(), home.inbox, erasure, progress)
        erased = erase.erased_here(home, ledger)
        _payloads(home, ledger, erased, erasure)
        database.remove(home.build)
        for folder in (home.reports, home.root / "dbt", home.scratch, home.build.with_name(home.build.name + ".tmp")):
            shutil.rmtree(folder, ignore_errors=True)
        home.create()
        for path in _others(home):
            _redact(path, erased, erasure, home)
    _publish(settings)
    values = Values(erased, erasure.values)
    proof = erase_proof.prove(
        {home.root, settings.inbox}, values, [erase.journal(home), personal.key_file(home.root)], progress
    )
    ledger.append(PROVED, {"files": proof.files, "bytes": proof.bytes, "hits": len(proof.hits)})
    if proof.hits:
        named = "; ".join(f"{place}: {', '.join(sorted(kinds))}" for place, kinds in sorted(proof.hits.items()))
        raise ErasureError(
            f"Something of the person is left: {proof.sentence}", named, "remove it there, then run `salesops erase` again"
        )
    erase.end(home)
    return proof


def _publish(settings: Settings) -> None:
    """A new version without the person; then no older one is kept. Without a served version, the raw tables alone."""
    home = settings.home
    if not snapshots.current_file(home.serving).exists():
        with build_lock(home, f"erase-{os.getpid()}"):
            steps.ingest(settings)
        return
    try:
        launch.run(
            Workplace(
                home=str(home.root), inbox=str(settings.inbox), sources=str(settings.sources) if settings.sources else None
            ),
            force=True,
        )
    except SalesOpsError as error:
        raise ErasureError(
            f"The person is erased from the files, but no version without them could be published: {error.what}",
            f"{home.serving}, which still serves the version before" + (f"; {error.where}" if error.where else ""),
            f"{error.todo or 'mend that'}; then run `salesops erase` again, which goes on from here",
        ) from error
    with snapshots.publish_lock(home.serving):
        snapshots.recover(home.serving)
        snapshots.prune(home.serving, keep=0)


def _payloads(home: Home, ledger: Ledger, erased: Erased, erasure: Erasure) -> None:
    for path in erase.payloads(home):
        with redacted(path, path.name, None, erased, erasure.values, home.scratch, erasure.may_hold) as copy:
            if copy is not None:
                ledger.replace_payload(path.name, copy.read_bytes())


def _others(home: Home) -> Iterator[Path]:
    """The files of a home that no other step erases: history, logs, outbox and what people put there.

    The company's own folder is theirs: it is read by the proof and never changed.
    """
    own = (home.inbox, home.landing, home.ledger, home.serving, home.company, home.root / "locks")
    files = {personal.key_file(home.root), erase.journal(home), home.root / "build.lock", home.root / "build.lock.json"}
    for folder, folders, names in os.walk(home.root):
        folders[:] = sorted(name for name in folders if Path(folder) / name not in own)
        for name in sorted(names):
            path = Path(folder) / name
            if path not in files and path.is_file() and not path.is_symlink():
                yield path


def _redact(path: Path, erased: Erased, erasure: Erasure, home: Home) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except FileNotFoundError:
        return
    if start == SQLITE:
        _redact_sqlite(path, Values(erased, erasure.values))
    elif not path.name.endswith(("-wal", "-shm")) and not start.startswith(_BINARY) and start[8:12] != b"DUCK":
        with redacted(path, path.name, None, erased, erasure.values, home.scratch, erasure.may_hold) as copy:
            if copy is not None:
                with replacing(path) as draft:
                    shutil.copyfile(copy, draft)


def _redact_sqlite(path: Path, values: Values) -> None:
    """Replace the values in every text of a SQLite file, and leave no free page that remembers them."""
    quote = database.quote
    try:
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
            connection.create_function("without", 1, lambda text: values.replace(text) if isinstance(text, str) else text)
            connection.execute("PRAGMA secure_delete = ON")
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            for (table,) in names.fetchall():
                for _, column, kind, *_ in connection.execute(f"PRAGMA table_info({quote(table)})").fetchall():
                    if kind.upper().split("(")[0] in ("TEXT", "VARCHAR", "CLOB", "JSON", ""):
                        connection.execute(
                            f"UPDATE {quote(table)} SET {quote(column)} = without({quote(column)}) "
                            f"WHERE {quote(column)} IS NOT NULL AND without({quote(column)}) <> {quote(column)}"
                        )
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StateError(
            f"The history cannot be rewritten: {error}", str(path), "stop `salesops ui`, then run `salesops erase` again"
        ) from error
