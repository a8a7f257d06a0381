"""Looks at the inbox: which files a contract claims, which nobody claims, which are refused or still growing.

Globs are relative to the inbox and never recursive. A file is stable when size and mtime are equal on two looks one second
apart; only files younger than ten seconds are looked at again.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ingestion.contract import Contract
from warehouse import clock
from warehouse.errors import InboxError
from warehouse.text import printable

YOUNG_SECONDS = 10.0
SECOND_LOOK_SECONDS = 1.0
# Names are in the ledger for good.
EMAIL_NAME = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)*\.[a-zA-Z]{2,}")


@dataclass(frozen=True)
class Found:
    """A stable file that one contract claims. `name` is its path inside the inbox."""

    name: str
    path: Path
    contract: Contract
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class Scan:
    """What lies in the inbox. `refused` maps a name to the reason; `growing` are files to come back for."""

    claimed: list[Found] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)
    growing: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def scan(inbox: Path, contracts: Sequence[Contract], second_look: bool = True) -> Scan:
    """Look at the inbox once, and a second time at what is young (without it, all files count as stable).

    Raises:
        InboxError: the inbox does not exist or cannot be read.
    """
    looked = _look(inbox, contracts)
    claims: dict[str, Contract] = {}
    result = Scan()
    for name in sorted(looked):
        info = looked[name]
        claiming = [contract for contract in contracts if contract.claims(PurePosixPath(name))]
        if not claiming:
            result.unclaimed.append(printable(name))
        elif not name.isprintable():
            result.refused[printable(name)] = "its name holds characters that cannot be shown; rename it"
        elif stat.S_ISLNK(info.st_mode):
            result.refused[name] = "it is a symbolic link; drop the file itself"
        elif not stat.S_ISREG(info.st_mode):
            result.refused[name] = "it is not a plain file"
        elif EMAIL_NAME.search(name.rsplit(".", 1)[0]):
            result.refused[name] = "its name holds an e-mail address, which the ledger could not forget; rename it"
        elif len(claiming) > 1:
            names = " and ".join(contract.id for contract in claiming)
            result.refused[name] = f"the contracts {names} both claim it; narrow one of their path patterns"
        else:
            claims[name] = claiming[0]
    young = {name for name in claims if clock.timestamp() - looked[name].st_mtime < YOUNG_SECONDS}
    if young and second_look:
        clock.pause(SECOND_LOOK_SECONDS)
    for name, contract in claims.items():
        first = looked[name]
        second = _stat(inbox / name) if name in young and second_look else first
        if second is None or (second.st_size, second.st_mtime_ns) != (first.st_size, first.st_mtime_ns):
            result.growing.append(name)
        else:
            result.claimed.append(Found(name, inbox / name, contract, first.st_size, first.st_mtime_ns))
    return result


def unchanged(found: Found) -> bool:
    """Whether a file is still what the scan saw."""
    now = _stat(found.path)
    return now is not None and (now.st_size, now.st_mtime_ns) == (found.size, found.mtime_ns)


def _look(inbox: Path, contracts: Sequence[Contract]) -> dict[str, os.stat_result]:
    if not inbox.is_dir():
        raise InboxError(
            "The inbox does not exist" if not inbox.exists() else "The inbox is not a folder",
            str(inbox),
            "make it and drop the exports there, or name another folder with --inbox",
        )
    folders = {PurePosixPath(".")}
    for contract in contracts:
        for server in contract.servers:
            folders.update(_matching_folders(inbox, PurePosixPath(server.path).parent))
    found: dict[str, os.stat_result] = {}
    for folder in sorted(folders):
        try:
            entries = list(os.scandir(inbox / folder))
        except OSError as error:
            raise InboxError(
                f"The inbox cannot be read: {error.strerror}", str(inbox / folder), "give this user the right to read it"
            ) from error
        for entry in entries:
            if entry.name.startswith(".") or entry.is_dir(follow_symlinks=False):
                continue
            info = _stat(Path(entry.path))
            if info is not None:
                found[str(folder / entry.name)] = info
    return found


def _matching_folders(inbox: Path, pattern: PurePosixPath) -> set[PurePosixPath]:
    if pattern == PurePosixPath("."):
        return set()
    return {
        PurePosixPath(path.relative_to(inbox).as_posix())
        for path in inbox.glob(str(pattern))
        if path.is_dir() and not path.is_symlink()
    }


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except OSError:
        return None
