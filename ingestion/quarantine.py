"""What is held back, and what people decide about it: files that cannot be read, files a guard holds, rejected records."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from ingestion import judge, known_files
from ingestion.contract import Contract
from ingestion.judge import DISCARDED, HELD
from ingestion.known_files import ACCEPT, DECIDED, DISCARD, DISCARD_ROWS, LOADED, RETRY, KnownFile
from warehouse.errors import ConfigurationError
from warehouse.home import Home
from warehouse.ledger import Ledger

SHORT = 8


@dataclass(frozen=True)
class Entry:
    """One file that is held back whole (`quarantined`, `held`), or whose rejected records are (`rows`).

    `discarded` and `discarded rows` are those that a person decided to do without.
    """

    file: KnownFile
    state: str
    reason: str

    @property
    def id(self) -> str:
        """The first digits of the load's id: enough to name it in a command."""
        return self.file.key.load_id[:SHORT]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to decide or mend something."""
        return not self.state.startswith("discarded")


def entries(home: Home, contracts: Sequence[Contract]) -> list[Entry]:
    """Everything that is held back, whether or not its file still lies in the inbox, by file name."""
    known = known_files.read(Ledger(home.ledger))
    found: list[Entry] = []
    for key, verdict in judge.verdicts(known, contracts).items():
        file = known[key]
        if verdict.status == DISCARDED:
            found.append(Entry(file, "discarded", verdict.reason))
        elif verdict.status == HELD:
            found.append(Entry(file, "held", verdict.reason))
        elif verdict.status != LOADED:
            found.append(Entry(file, "quarantined", verdict.reason))
        elif file.rejected:
            rows = f"{file.rejected:,} of {file.rows:,} records rejected"
            state = "discarded rows" if file.decision == DISCARD_ROWS else "rows"
            found.append(Entry(file, state, file.why if state != "rows" else rows))
    return sorted(found, key=lambda entry: (entry.file.file_name, entry.id))


def find(home: Home, contracts: Sequence[Contract], name: str) -> Entry:
    """The entry of a file's name or of the first digits of its id.

    Raises:
        ConfigurationError: there is none, or more than one.
    """
    listed = entries(home, contracts)
    matching = [
        e for e in listed if name in (e.file.file_name, e.id) or (len(name) >= SHORT and e.file.key.load_id.startswith(name))
    ]
    if len(matching) == 1:
        return matching[0]
    if matching:
        ids = ", ".join(entry.id for entry in matching)
        raise ConfigurationError(f"{len(matching)} files are named {name!r}", "FILE", f"name one by its id: {ids}")
    close = difflib.get_close_matches(name, [entry.file.file_name for entry in listed], 3, 0.5)
    raise ConfigurationError(
        f"Nothing of {name!r} is held back",
        "FILE",
        f"did you mean {' or '.join(close)}?" if close else "`salesops quarantine list` shows what is",
    )


def decide(home: Home, entry: Entry, decision: str, reason: str, by: str) -> None:
    """Keep in the ledger what a person decided; the next pass acts on it.

    Args:
        home: whose ledger.
        entry: what it is about.
        decision: accept (load it in spite of the guard), discard, or retry (judge it again, and forget earlier decisions).
        reason: why; may be empty for a retry.
        by: who.

    Raises:
        ConfigurationError: the decision does not fit: there is nothing to accept, or no reason was given.
    """
    if decision != RETRY and not reason.strip():
        raise ConfigurationError(f"To {decision} needs a reason", "--reason", "say why; it is kept in the ledger")
    if decision == ACCEPT and entry.state not in ("held", "quarantined"):
        raise ConfigurationError(
            f"{entry.file.file_name} is not held by a guard",
            "--accept",
            "its good records are loaded; mend or discard the others",
        )
    if decision == DISCARD and entry.state == "rows":
        decision = DISCARD_ROWS
    key = entry.file.key
    Ledger(home.ledger).append(
        DECIDED,
        {
            "load_id": key.load_id,
            "contract": key.contract_id,
            "file": entry.file.file_name,
            "sha256": key.sha256,
            "decision": decision,
            "reason": reason,
            "by": by,
        },
    )
