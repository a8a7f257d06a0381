"""The exported files: each record's latest version over all exports of an object, as text."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd

from tests.end_to_end.oracle_values import Row

# The columns that tell the records of an export apart; of Salesforce's it is always Id.
KEYS = {
    "encharge/people": ("id",),
    "hr/employees": ("employee_id",),
    "hr/absences": ("employee_id", "from", "type"),
    "finance/exchange_rates": ("currency", "date"),
    "finance/targets": ("scope", "period", "measure", "version"),
    "erp/items": ("item",),
    "erp/stock": ("item", "location", "date"),
    "erp/purchase_orders": ("order", "item"),
    "erp/sales_orders": ("order", "line"),
    "support/tickets": ("id",),
    "hubspot/owners": ("id",),
    "hubspot/teams": ("id",),
    "hubspot/owner_teams": ("owner_id", "team_id"),
    "hubspot/pipeline_stages": ("pipeline_id", "stage_id"),
    "hubspot/deal_stage_history": ("deal_id", "dealstage", "timestamp"),
    "hubspot/property_history": ("object_type", "object_id", "property", "timestamp"),
    "hubspot/associations_contacts_companies": ("contact_id", "company_id", "type"),
    "hubspot/associations_deals_companies": ("deal_id", "company_id", "type"),
    "hubspot/associations_deals_contacts": ("deal_id", "contact_id", "type"),
    **{f"hubspot/{name}": ("hs_object_id",) for name in ("deals", "companies", "contacts", "calls", "emails")},
    **{f"hubspot/{name}": ("hs_object_id",) for name in ("meetings", "tasks", "goals")},
}
# What orders the versions of a record; without it the day of the export does.
CURSORS = {
    "salesforce/Account": "LastModifiedDate",
    "salesforce/Contact": "LastModifiedDate",
    "salesforce/Lead": "LastModifiedDate",
    "salesforce/LeadHistory": "CreatedDate",
    "salesforce/Opportunity": "LastModifiedDate",
    "salesforce/OpportunityHistory": "CreatedDate",
    "encharge/people": "lastActivity",
    "hubspot/owners": "updatedAt",
    "hubspot/contacts": "lastmodifieddate",
    **{f"hubspot/{name}": "hs_lastmodifieddate" for name in ("deals", "companies", "calls", "emails", "meetings", "tasks")},
}
_EXPORT_DAY = re.compile(r"_(\d{4}-\d{2}-\d{2})\b")


def export(folder: Path, name: str) -> list[Row]:
    """The latest version of each record over all exports of an object."""
    key, cursor = KEYS.get(name, ("Id",)), CURSORS.get(name)
    latest: dict[tuple[str, ...], tuple[tuple[str, str, str], Row]] = {}
    for order, rows in files(folder, name):
        for row in rows:
            at = (row[cursor] or "" if cursor else "", *order)
            names = tuple(row[column] for column in key)
            if names not in latest or latest[names][0] < at:
                latest[names] = (at, row)
    return [row for _, row in latest.values()]


def files(folder: Path, name: str) -> list[tuple[tuple[str, str], list[Row]]]:
    """The rows of each exported CSV as text, absent values as None, and what orders it: its day, then the hash of its bytes."""
    read = []
    for path in sorted(folder.glob(f"{name}_[0-9]*.csv")):
        found = _EXPORT_DAY.search(path.name)
        assert found, path
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
        rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
        read.append(
            (
                (found.group(1), hashlib.sha256(path.read_bytes()).hexdigest()),
                [{str(column): value for column, value in row.items()} for row in rows],
            )
        )
    return read


def events(folder: Path) -> list[Row]:
    """Every event of the marketing tool once, however often it was delivered."""
    found: dict[tuple[Any, ...], Row] = {}
    for path in sorted(folder.glob("encharge/events_*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    event = json.loads(line)
                    properties = json.dumps(event.get("properties"), sort_keys=True)
                    found[event["type"], event["person"], event["timestamp"], properties] = event
    return list(found.values())
