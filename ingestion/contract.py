"""What a contract says once it is read: files, how to decode them, and how their columns become canonical ones."""

from __future__ import annotations

import datetime as dt
import fnmatch
import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from ingestion.canonical import CanonicalObject

Format = Literal["csv", "jsonl", "json", "xlsx", "parquet"]
Delivery = Literal["full", "delta", "events"]
PACKED = (".gz", ".zip", ".zst")


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
    currency_symbols: tuple[str, ...] = ()
    negative_parentheses: bool = False


@dataclass(frozen=True)
class Column:
    """One canonical column: where it comes from (`file_column`, a constant or an SQL expression) and how it is read.

    `aliases` are other headers that the column may stand under; where a file has several, the first is meant.
    `personal` is the kind of personal data that it holds, empty for none.
    """

    name: str
    sql_type: str
    file_column: str | None
    aliases: tuple[str, ...]
    constant: str | None
    expression: str | None
    required: bool
    value_map: tuple[tuple[str, str], ...]
    salesforce_id: bool
    epoch_milliseconds: bool
    as_of: bool
    formats: Formats
    personal: str = ""
    # The physicalName of a computed column: what its expression reads, whichever alias a file has it under.
    reads: str | None = None


@dataclass(frozen=True)
class Entry:
    """One canonical object that a file feeds."""

    object: str
    target: CanonicalObject
    columns: tuple[Column, ...]
    keep_one: bool
    quality: tuple[dict[str, Any], ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class ExtractTime:
    """When a file was extracted: the first group of a pattern over its name, or the largest value of one of its columns."""

    pattern: str
    column: str
    format: str

    def of_name(self, file_name: str) -> dt.datetime | None:
        """The extract time that a file name carries, or None where the pattern does not match.

        Raises:
            ValueError: the pattern matches but its group is not a date of that format.
        """
        match = re.search(self.pattern, file_name) if self.pattern else None
        if match is None or match.group(1) is None:
            return None
        moment = dt.datetime.strptime(match.group(1), self.format)
        return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment


@dataclass(frozen=True)
class Server:
    """One place that files come from: a glob inside the inbox, and the format of what lies there."""

    path: str
    format: Format

    def claims(self, relative: PurePosixPath) -> bool:
        """Whether the glob names a file, or the file once it is unpacked; a glob never crosses a folder."""
        name = str(relative)
        return self._fits(name) or (name.lower().endswith(PACKED) and self._fits(name[: name.rindex(".")]))

    def _fits(self, name: str) -> bool:
        parts = name.split("/")
        return len(parts) == len(self._globs) and all(g.fullmatch(p) for g, p in zip(self._globs, parts, strict=True))

    @cached_property
    def _globs(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(fnmatch.translate(part)) for part in PurePosixPath(self.path).parts)


@dataclass(frozen=True)
class Contract:
    """A contract that was read and accepted."""

    id: str
    source: str
    servers: tuple[Server, ...]
    encoding: str
    delimiter: str
    quote: str
    header: tuple[str, ...]
    skip_lines: int
    footer: str
    sheet: str
    record_path: str
    delivery: Delivery
    max_rejected_share: float
    extract_time: ExtractTime | None
    entries: tuple[Entry, ...]
    file: Path = field(compare=False)

    @property
    def columns(self) -> list[Column]:
        """The columns of all entries."""
        return [column for entry in self.entries for column in entry.columns]

    @cached_property
    def hash(self) -> str:
        """Changes when the meaning of the contract does: loads made under another hash are made again."""
        content = asdict(self)
        content.pop("file")
        for entry in content["entries"]:
            entry.pop("quality")
            for column in entry["columns"]:
                # What is erased of a record does not change how it is read.
                column.pop("personal")
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8")).hexdigest()

    def claims(self, relative: PurePosixPath) -> bool:
        """Whether a file of the inbox belongs to this contract."""
        return any(server.claims(relative) for server in self.servers)

    def server(self, name: str) -> Server:
        """How a file of this name is read; a name that no server claims any more is read like the first one's files."""
        return next((server for server in self.servers if server.claims(PurePosixPath(name))), self.servers[0])
