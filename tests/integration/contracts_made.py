"""Contracts for tests, written as a company would write them: a file of YAML, read by the real reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ingestion import contract_reader
from ingestion.contract import Contract

DEAL_COLUMNS = (
    ("Id", "string"), ("Name", "string"), ("StageName", "string"), ("Amount", "number"), ("CloseDate", "date"),
    ("CreatedDate", "timestamp"), ("LastModifiedDate", "timestamp"), ("IsWon", "boolean"), ("IsDeleted", "boolean"),
)  # fmt: skip


def deals(
    folder: Path,
    path: str = "deals_*.csv",
    file_format: str = "csv",
    name: str = "mine.deals",
    source: str = "mine",
    columns: Mapping[str, Mapping[str, Any]] | None = None,
    only: Sequence[str] | None = None,
    **custom: Any,
) -> Contract:
    """A contract for deals; `columns` are customProperties of columns, `custom` those of the contract, None takes one away."""
    said = {
        "source": source,
        "extractTime": {"fileName": r"_(\d{4}-\d{2}-\d{2})\.", "format": "%Y-%m-%d"},
    } | custom
    properties = []
    for column, kind in DEAL_COLUMNS:
        if only is None or column in only:
            own = dict((columns or {}).get(column, {}))
            item: dict[str, Any] = {"name": column, "logicalType": kind}
            if "physicalName" in own:
                item["physicalName"] = own.pop("physicalName")
            if own:
                item["customProperties"] = [{"property": key, "value": value} for key, value in own.items()]
            properties.append(item)
    document = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": name,
        "name": "Deals",
        "version": "1.0.0",
        "status": "active",
        "servers": [{"server": "inbox", "type": "local", "path": path, "format": file_format}],
        "customProperties": [{"property": key, "value": value} for key, value in said.items() if value is not None],
        "schema": [{"name": "salesforce.Opportunity", "properties": properties}],
    }
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.yml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return contract_reader.read(file)
