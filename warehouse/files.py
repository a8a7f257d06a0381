"""Files that are whole or not there: written beside their place and put into it in one step."""

from __future__ import annotations

import os
from pathlib import Path

from warehouse.errors import disk_full, is_disk_full


def write_whole(path: Path, content: bytes | str, *, durable: bool = False) -> None:
    """Make a file, or replace one, so that no reader ever sees half of it; text is written as UTF-8.

    Args:
        path: its folder is made when it is missing.
        content: all of it.
        durable: come back only when it would outlast a loss of power.

    Raises:
        DiskFullError: there is no room; what was there stays.
    """
    draft = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        if is_disk_full(error):
            raise disk_full(error, str(path)) from error
        raise
