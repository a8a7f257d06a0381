"""What a file's name says: the day of the export, and what stays the same from export to export."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from ingestion import labels

_FILE_DATES = (
    (r"(\d{4}-\d{2}-\d{2})", "%Y-%m-%d"),
    (r"(\d{4}_\d{2}_\d{2})", "%Y_%m_%d"),
    (r"(?<!\d)(\d{8})(?!\d)", "%Y%m%d"),
)


@dataclass(frozen=True)
class FileDate:
    """The date in a file's name: pattern and strptime format as extractTime needs them, and the day itself."""

    pattern: str
    format: str
    day: dt.date


def file_date(name: str) -> FileDate | None:
    """The date that a file's name carries, where it carries one that no other reading of the digits could be."""
    for pattern, form in _FILE_DATES:
        for found in re.finditer(pattern, name):
            try:
                return FileDate(pattern, form, dt.datetime.strptime(found.group(1), form).date())
            except ValueError:
                continue
    return None


def slug(text: str) -> str:
    """A name for a source: lower case, digits and _ only, beginning with a letter."""
    found = re.sub(r"\W+", "_", labels.plain(text).encode("ascii", "ignore").decode()).strip("_")
    return found if found[:1].isalpha() else f"export_{found}".rstrip("_")


def own_name(path: Path) -> str:
    """How an object of one's own could be called that a file holds: mine.besuche, for Besuche_2026-10-31.csv."""
    stem = path.name.split(".", maxsplit=1)[0]
    return f"mine.{slug(base_of(stem, file_date(stem)) or 'export')}"


def base_of(stem: str, extract: FileDate | None) -> str:
    """What of a file's name stays the same from export to export."""
    base = re.sub(r"\s*\(\d+\)$", "", stem)
    if extract is not None:
        base = re.split(extract.pattern, base)[0]
    return re.sub(r"[\d_. -]+$", "", base)
