"""Small exports and a home to load them into, for the ingestion tests."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ingestion import contract_reader, ingest
from ingestion.contract import Contract
from ingestion.inbox_pass import FileOutcome, IngestReport
from warehouse import database
from warehouse.home import Home

OPPORTUNITY = ("Id", "Name", "Amount", "StageName", "CloseDate", "CreatedDate", "LastModifiedDate", "IsWon")


class Place:
    """A home with its inbox, the built-in contracts, and what a test asks of them."""

    def __init__(self, root: Path, contracts: Sequence[Contract] | None = None) -> None:
        self.home = Home(root).create()
        self.inbox = self.home.inbox
        self.contracts = list(contracts) if contracts is not None else contract_reader.read_all()

    def drop(self, name: str, content: str | bytes) -> Path:
        """Put a file into the inbox that is old enough to be stable at the first look."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        os.utime(path, (time.time() - 60, time.time() - 60))
        return path

    def ingest(self) -> IngestReport:
        """One pass."""
        return ingest.ingest(self.home, self.contracts, self.inbox)

    def outcome(self, name: str) -> FileOutcome:
        """What one pass made of one file."""
        return next(file for file in self.ingest().files if file.name == name)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the build file."""
        with database.connect(self.home.build, read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def content(self) -> dict[str, tuple[int, str]]:
        """An order-free hash of every raw table."""
        with database.connect(self.home.build, read_only=True) as connection:
            names = connection.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'raw'").fetchall()
            return {name: database.table_hash(connection, f"raw.{name}") for (name,) in names}


def csv_text(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A CSV with every field quoted, as the CRM writes it."""
    return "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in [header, *rows])


def opportunity(number: int, **changes: str) -> list[str]:
    """A good opportunity row in the order of OPPORTUNITY."""
    values = {
        "Id": f"006{number:012d}",
        "Name": f"deal {number}",
        "Amount": f"{number}.50",
        "StageName": "Prospecting",
        "CloseDate": "2026-01-31",
        "CreatedDate": "2026-01-01T10:00:00.000Z",
        "LastModifiedDate": "2026-01-02T10:00:00.000Z",
        "IsWon": "false",
    } | changes
    return [values[name] for name in OPPORTUNITY]
