"""Which home, inbox and company folder a process works on: options first, then the environment, then the defaults."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from ingestion import contract_reader
from ingestion.contract import Contract
from warehouse import company
from warehouse.company import Company
from warehouse.errors import ConfigurationError, InboxError
from warehouse.home import VARIABLE, Home

INBOX_VARIABLE = "SALESOPS_INBOX"
SOURCES_VARIABLE = "SALESOPS_SOURCES"
DBT_PROJECT = Path(__file__).resolve().parents[1] / "dbt_project"


@dataclass(frozen=True)
class Settings:
    """One working place: where state lives, where exports come from, whose contracts and business files hold."""

    home: Home
    inbox: Path
    sources: Path | None

    @classmethod
    def find(cls, home: str | None = None, inbox: str | None = None, sources: str | None = None) -> Settings:
        """What options and environment say; inbox and company folder default to the home's own."""
        place = Home.find(home)
        box = inbox or os.environ.get(INBOX_VARIABLE)
        folder = sources or os.environ.get(SOURCES_VARIABLE)
        return cls(
            place,
            Path(box).expanduser().resolve() if box else place.inbox,
            Path(folder).expanduser().resolve() if folder else (place.company if place.company.is_dir() else None),
        )

    def require_inbox(self) -> Settings:
        """The same; a mistyped home is not made.

        Raises:
            InboxError: there is no inbox.
        """
        if not self.inbox.exists():
            what = "There is no home here yet" if not self.home.root.exists() else "The inbox does not exist"
            raise InboxError(what, str(self.inbox), "make this folder and drop the exports there, or correct --home or --inbox")
        return self

    def export(self) -> None:
        """Put the settings into the environment, for what this process starts."""
        os.environ[VARIABLE] = str(self.home.root)
        os.environ[INBOX_VARIABLE] = str(self.inbox)
        if self.sources is not None:
            os.environ[SOURCES_VARIABLE] = str(self.sources)

    def contracts(self) -> list[Contract]:
        """The contracts that hold here."""
        return contract_reader.read_all(self.sources)

    def company(self) -> Company:
        """The business parameters that hold here."""
        return company.load(self.sources)


def parse_date(text: str, option: str = "--as-of") -> dt.date:
    """A date as an option takes it.

    Raises:
        ConfigurationError: it is not YYYY-MM-DD.
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(f"{text!r} is not a date", option, "write it like 2026-10-31") from error
