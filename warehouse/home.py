"""The folder that holds everything a run makes, and the names inside it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import ConfigurationError, StateError

DEFAULT = "var"
VARIABLE = "SALESOPS_HOME"
# The adapter reads the path as a URL, and puts it between quotes in its own statements.
_NOT_IN_PATHS = '#?"'


@dataclass(frozen=True)
class Home:
    """One SALESOPS_HOME. `root` is absolute."""

    root: Path

    @classmethod
    def find(cls, given: str | Path | None = None) -> Home:
        """The home that an option, the environment or the default names, in this order.

        Raises:
            ConfigurationError: a character of its path cannot be used.
        """
        chosen = given if given is not None else os.environ.get(VARIABLE) or DEFAULT
        root = Path(chosen).expanduser().resolve()
        odd = next((char for char in str(root) if char in _NOT_IN_PATHS or not char.isprintable()), None)
        if odd is not None:
            raise ConfigurationError(
                f"The working folder's path holds {odd!r}, which dbt's database adapter takes for something else",
                str(root),
                "choose a folder without it",
            )
        return cls(root)

    @property
    def inbox(self) -> Path:
        """Where exports are dropped; read, never changed."""
        return self.root / "inbox"

    @property
    def landing(self) -> Path:
        """Every accepted file under its sha256, immutable."""
        return self.root / "landing"

    @property
    def ledger(self) -> Path:
        """The append-only chain of events that cannot be rebuilt."""
        return self.root / "ledger"

    @property
    def build(self) -> Path:
        """The pipeline's own database file; nobody else opens it."""
        return self.root / "build.duckdb"

    @property
    def serving(self) -> Path:
        """Published snapshots; the only folder that BI reads."""
        return self.root / "serving"

    @property
    def reports(self) -> Path:
        """Data Docs, run summaries, verdicts."""
        return self.root / "reports"

    @property
    def plan_book(self) -> Path:
        """The first page."""
        return self.reports / "plan_book" / "index.html"

    @property
    def outbox(self) -> Path:
        """Files that carry approved decisions into other systems."""
        return self.root / "outbox"

    @property
    def company(self) -> Path:
        """The company's own contracts and business files, if they are kept here."""
        return self.root / "company"

    @property
    def started(self) -> Path:
        """What `salesops start` was told and wrote, by the name of the export."""
        return self.root / "started"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME."""
        return self.root / "dagster"

    @property
    def dbt_target(self) -> Path:
        """dbt's target folder: manifest, compiled SQL, run results."""
        return self.root / "dbt" / "target"

    @property
    def dbt_logs(self) -> Path:
        """dbt's log folder."""
        return self.root / "dbt" / "logs"

    @property
    def scratch(self) -> Path:
        """Temporary files of the running job, removed by the next one."""
        return self.root / "scratch"

    def create(self) -> Home:
        """Make every folder that is missing.

        Raises:
            StateError: when the place cannot be written.
        """
        folders = (self.inbox, self.landing, self.ledger, self.serving, self.reports)
        more = (self.dagster, self.dbt_target, self.dbt_logs, self.scratch)
        try:
            for folder in folders + more:
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StateError(
                f"The working folder cannot be made: {error.strerror}",
                str(error.filename or self.root),
                "name a folder you may write with --home or SALESOPS_HOME",
            ) from error
        return self
