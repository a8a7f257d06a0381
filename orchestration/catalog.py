"""What dbt's manifest says about the marts: which are published, and what their columns mean."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.settings import DBT_PROJECT, Settings
from serving.model import PublishedTable
from warehouse.database import BOOKKEEPING

PUBLISHED_SCHEMAS = ("core", "kpi", "demand", "capacity", "plan")


def manifest_path(settings: Settings) -> Path:
    """dbt's manifest for this home, made again only when the project's files changed."""
    from orchestration.dbt_in_process import parse_manifest

    settings.home.create()
    return parse_manifest(
        DBT_PROJECT,
        target_path=settings.home.dbt_target,
        log_path=settings.home.dbt_logs,
        env={"SALESOPS_HOME": str(settings.home.root)},
    )


def published(settings: Settings) -> list[PublishedTable]:
    """Every mart, with descriptions, in the order of their names."""
    nodes = _nodes(manifest_path(settings), manifest_path(settings).stat().st_mtime_ns)
    return [
        PublishedTable(
            node["schema"],
            node["alias"],
            node["description"],
            {
                name: column["description"]
                for name, column in node["columns"].items()
                if column["description"] and name not in BOOKKEEPING
            },
        )
        for node in sorted(nodes, key=lambda item: (item["schema"], item["alias"]))
        if node["schema"] in PUBLISHED_SCHEMAS
    ]


@cache
def _nodes(path: Path, changed_at: int) -> list[dict[str, Any]]:  # noqa: ARG001 - the time keys the cache
    manifest = json.loads(path.read_text(encoding="utf-8"))
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
