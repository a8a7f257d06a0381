"""Files that carry an approved plan into other systems. Written whole or not at all, and never without a signature."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow as pa

from serving import decisions, formats
from serving.decisions import Decision
from warehouse.files import write_whole
from warehouse.ledger import Ledger

_COLUMNS = {"Id": "source_account_id", "OwnerId": "to_source_user_id"}
_SCHEMA = pa.schema([(name, pa.string()) for name in _COLUMNS])


def write_rep_assignment(ledger: Ledger, decision: Decision, outbox: Path) -> dict[Path, int]:
    """The new owners of accounts, as a CRM's loader takes them (Id, OwnerId), from the plan that was signed.

    Returns:
        a file for each CRM, with its number of accounts; none when no account gets another owner. An existing file of the same
        decision is replaced by equal content.

    Raises:
        StateError: the decision is not approved, or what was signed is gone.
        DiskFullError: nothing was written.
    """
    if decision.state != decisions.IMPLEMENTED:
        decisions.require_approved(decision)
    by_source: dict[str, list[dict[str, str]]] = {}
    for row in json.loads(ledger.payload(decision.payload))["assignments"]:
        by_source.setdefault(str(row["source"]), []).append({name: row[column] for name, column in _COLUMNS.items()})
    written = {}
    for source, rows in sorted(by_source.items()):
        text = io.StringIO()
        # People open such files in a spreadsheet before they load them.
        formats.write_csv(pa.Table.from_pylist(rows, schema=_SCHEMA), text, safe_for_spreadsheets=True)
        path = outbox / f"rep_assignment_{decision.decision_id}_{source}.csv"
        write_whole(path, text.getvalue())
        written[path] = len(rows)
    return written
