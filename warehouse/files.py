"""Files that are whole or not there: written beside their place and put into it in one step."""

from __future__ import annotations

import glob
import os
import secrets
from contextlib import suppress
from pathlib import Path

from warehouse import clock
from warehouse.errors import write_refused

DRAFT = ".new"
DEAD_AFTER_SECONDS = 3600


def write_whole(path: Path, content: bytes | str, *, durable: bool = False) -> None:
    """Make a file, or replace one, so that no reader ever sees half of it; text is written as UTF-8.

    Args:
        path: its folder is made when it is missing.
        content: all of it.
        durable: come back only when it would outlast a loss of power.

    Raises:
        DiskFullError: there is no room; what was there stays.
        StateError: the folder cannot be written to.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}{DRAFT}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear_drafts(path)
        with draft.open("wb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise write_refused(error, path) from error


def _clear_drafts(path: Path) -> None:
    """Remove what killed processes left of this file."""
    long_ago = clock.now().timestamp() - DEAD_AFTER_SECONDS
    for old in path.parent.glob(f"{glob.escape(path.name)}.*{DRAFT}"):
        with suppress(FileNotFoundError):
            if old.stat().st_mtime < long_ago:
                old.unlink()
