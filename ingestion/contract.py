"""What a contract says once it is read: files, how to decode them, and how their columns become canonical ones."""

from __future__ import annotations

import datetime as dt
import fnmatch
import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal


@dataclass(frozen=True)
class Formats:
    """How text becomes values. Dates are strptime formats; the empty list means ISO 8601."""

    null_words: tuple[str, ...] = ()
    date_formats: tuple[str, ...] = ()
    timestamp_formats: tuple[str, ...] = ()
    decimal_mark: str = "."
    thousands_mark: str = ""
    true_words: tuple[str, ...] = ("true", "1")
    false_words: tuple[str, ...] = ("false", "0")
    timezone: str = "UTC"


@dataclass(frozen=True)
class Column:
    """One canonical column: where it comes from (`file_column`, a constant or an SQL expression) and how it is read."""

    name: str
    sql_type: str
    file_column: str | None
    constant: str | None
    expression: str | None
    required: bool
    value_map: tuple[tuple[str, str], ...]
    salesforce_id: bool
    epoch_milliseconds: bool
    as_of: bool
    formats: Formats


@dataclass(frozen=True)
class Entry:
    """One canonical object that a file feeds."""

    object: str
    columns: tuple[Column, ...]
    keep_one: bool
    quality: tuple[dict[str, Any], ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class ExtractTime:
    """A pattern over the file name whose first group is read by an strptime format."""

    pattern: str
    format: str

    def read(self, file_name: str) -> dt.datetime | None:
        """The extract time that a file name carries, or None where the pattern does not match.

        Raises:
            ValueError: the pattern matches but its group is not a date of that format.
        """
        match = re.search(self.pattern, file_name)
        return dt.datetime.strptime(match.group(1), self.format) if match else None


@dataclass(frozen=True)
class Contract:
    """A contract that was read and accepted."""

    id: str
    source: str
    paths: tuple[str, ...]
    format: Literal["csv", "jsonl"]
    encoding: str
    delimiter: str
    quote: str
    extract_time: ExtractTime | None
    entries: tuple[Entry, ...]
    file: Path = field(compare=False)

    @property
    def hash(self) -> str:
        """Changes when the meaning of the contract does: loads made under another hash are made again."""
        content = asdict(self)
        content.pop("file")
        for entry in content["entries"]:
            entry.pop("quality")
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8")).hexdigest()

    def claims(self, relative: PurePosixPath) -> bool:
        """Whether a file of the inbox belongs to this contract; a glob never crosses a folder."""
        return any(
            len(PurePosixPath(path).parts) == len(relative.parts)
            and all(
                fnmatch.fnmatchcase(part, glob) for part, glob in zip(relative.parts, PurePosixPath(path).parts, strict=True)
            )
            for path in self.paths
        )
