"""What the command line and the implementing job do about a plan: plain calls into serving, with this place's ledger."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.settings import Settings
from serving import decisions, outbox
from serving.decisions import Decision
from serving.plan import ServedPlan, read_plan
from warehouse.errors import ConfigurationError
from warehouse.ledger import Ledger

TABLE = "ledger.decision_event"
_COLUMNS = (
    "event_seq BIGINT, decision_id VARCHAR, event VARCHAR, event_at TIMESTAMP, by_name VARCHAR, by_role VARCHAR, "
    "reason VARCHAR, plan_hash VARCHAR, plan_as_of DATE, state VARCHAR, waiting_for VARCHAR, signature VARCHAR"
)


@dataclass(frozen=True)
class Implemented:
    """A decision that was carried out, and the files that do it with their number of accounts."""

    decision: Decision
    files: Mapping[Path, int]

    @property
    def accounts(self) -> int:
        """How many accounts get another owner."""
        return sum(self.files.values())


def user() -> str:
    """Who runs this process, for what they sign or submit without naming themselves."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def ledger(settings: Settings) -> Ledger:
    """The ledger of this place."""
    return Ledger(settings.home.ledger)


def shown(settings: Settings) -> tuple[ServedPlan, Decision | None, list[Decision]]:
    """The plan that is served, the latest decision about it, and decisions about other plans that are not at their end."""
    plan = read_plan(settings.home.serving)
    known = decisions.read(ledger(settings))
    same = [item for item in known if item.plan_hash == plan.plan_hash]
    other = [item for item in known if item.plan_hash != plan.plan_hash and item.state in decisions.OPEN]
    return plan, same[-1] if same else None, other


def _meant(settings: Settings, decision: str) -> Decision:
    """The decision of an id; without one, the latest about the plan that is served, so that nobody signs what they do not see.

    Raises:
        ConfigurationError: there is none.
    """
    found = decisions.find(ledger(settings), decision)
    if decision:
        return found
    plan, same, other = shown(settings)
    if same is None:
        waiting = " or ".join(f"{item.decision_id} ({item.state})" for item in other) or found.decision_id
        raise ConfigurationError(
            f"Nobody submitted the plan that is served now ({plan.plan_hash[:8]}, as of {plan.as_of})",
            "the decision",
            f"name the decision that you mean: {waiting}",
        )
    return same


def submit(settings: Settings, by: str, reason: str) -> Decision:
    """Ask for signatures under the served plan."""
    plan = read_plan(settings.home.serving)
    return decisions.submit(ledger(settings), plan, settings.company().plan.approvers, by or user(), reason)


def approve(settings: Settings, decision: str, by: str, reason: str) -> Decision:
    """Sign as an approver."""
    book = ledger(settings)
    return decisions.approve(book, _meant(settings, decision), by or user(), reason)


def reject(settings: Settings, decision: str, by: str, reason: str) -> Decision:
    """Refuse as an approver."""
    book = ledger(settings)
    return decisions.reject(book, _meant(settings, decision), settings.company().plan.approvers, by or user(), reason)


def implement(settings: Settings, decision: str, by: str) -> Implemented:
    """Write the files of an approved plan; doing it again writes the same files and nothing into the ledger."""
    book = ledger(settings)
    with book.locked():
        found = _meant(settings, decision)
        files = outbox.write_rep_assignment(book, found, settings.home.outbox)
        if found.state != decisions.IMPLEMENTED:
            what = ", ".join(f"{path.name}: {accounts} accounts" for path, accounts in files.items())
            found = decisions.implemented(book, found, by or user(), what or "no account gets another owner")
        return Implemented(found, files)


def write_table(settings: Settings, connection: duckdb.DuckDBPyConnection) -> int:
    """Replace the table of decisions by what the ledger holds now; its rows."""
    rows = decisions.event_rows(ledger(settings))
    connection.execute("BEGIN")
    connection.execute("CREATE SCHEMA IF NOT EXISTS ledger")
    connection.execute(f"CREATE OR REPLACE TABLE {TABLE} ({_COLUMNS})")
    if rows:
        connection.register("decided", pa.Table.from_pylist(rows))
        connection.execute(f"INSERT INTO {TABLE} BY NAME SELECT * FROM decided")
        connection.unregister("decided")
    connection.execute("COMMIT")
    return len(rows)
