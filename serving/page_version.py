"""Which version a plan book is about, told without importing what draws it."""

from __future__ import annotations

import re
from pathlib import Path

_META = re.compile(r'<meta name="version" content="([^"]+)">')
_HEAD = 4096


def shown(page: Path) -> str:
    """The version that a plan book shows; empty when there is no such page."""
    try:
        with page.open(encoding="utf-8", errors="replace") as file:
            found = _META.search(file.read(_HEAD))
    except FileNotFoundError:
        return ""
    return found.group(1) if found else ""
