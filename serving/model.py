"""What is published, under which name, and what a snapshot says about itself."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.errors import PublishError

META_SCHEMA = "meta"
SUFFIX = ".duckdb"
_VERSION = re.compile(r"^(?P<number>\d{6,})-[0-9A-Za-z]{1,12}$")


@dataclass(frozen=True)
class PublishedTable:
    """One table of the build file that readers get.

    Args:
        schema: its schema, the same in the build file and in the snapshot.
        name: its name in that schema.
        description: the table's comment in the snapshot; BI tools show it.
        columns: column name -> comment. Columns that are not named get none.
    """

    schema: str
    name: str
    description: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """schema.table, the key of the verdict's tables."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class ServedTable:
    """One table of a snapshot: its rows and order-free content hash as they were audited."""

    schema: str
    name: str
    rows: int
    hash: str
    description: str

    @property
    def full_name(self) -> str:
        """schema.table, as a query names it."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Publication:
    """One published version, as its own file describes it.

    Args:
        version: number and fingerprint, such as 000012-3f9ac01b77de; a later publication has a greater number.
        fingerprint: of everything the data is a function of; equal fingerprints mean equal data.
        as_of: the run's date.
        run_id: the run that published it.
        published_at: UTC, naive.
        verdict_hash: of the verdict that let it pass.
        tables: what it holds, by schema and name.
        path: the file it was read from.
    """

    version: str
    fingerprint: str
    as_of: dt.date
    run_id: str
    published_at: dt.datetime
    verdict_hash: str
    tables: tuple[ServedTable, ...]
    path: Path


def version_name(number: int, fingerprint: str) -> str:
    """The name of a version: six digits that grow, and the first 12 characters of the fingerprint.

    Raises:
        PublishError: the fingerprint cannot be part of a file name.
    """
    name = f"{number:06d}-{fingerprint[:12]}"
    if not _VERSION.match(name):
        raise PublishError(
            f"{fingerprint!r} is not a fingerprint",
            "the call to publish",
            "pass letters and digits, such as a sha256 in hexadecimal",
        )
    return name


def version_number(name: str) -> int | None:
    """The number in a version's name; None when it is not a version's name."""
    found = _VERSION.match(name)
    return int(found["number"]) if found else None
