"""The plan that the served snapshot proposes: demand against capacity, the gap, whom to hire, who gets which accounts."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from serving import formats, snapshots
from warehouse.errors import StateError

_TABLES = {
    "gap": "SELECT * FROM plan.gap ORDER BY segment_id, month_start",
    "hiring": "SELECT * FROM capacity.hiring_need ORDER BY segment_id, month_start",
    "levers": "SELECT * FROM plan.lever ORDER BY lever_id",
    "assignments": "SELECT * FROM plan.rep_assignment ORDER BY source, source_account_id",
}


@dataclass(frozen=True)
class ServedPlan:
    """One proposed plan.

    Args:
        version: of the snapshot it was read from.
        as_of: the day that it looks ahead from.
        plan_hash: over everything that is signed; equal hashes mean the same plan.
        tables: gap, hiring, levers and assignments, in a fixed order of rows.
    """

    version: str
    as_of: dt.date
    plan_hash: str
    tables: Mapping[str, pa.Table]

    def to_json(self) -> bytes:
        """The plan as it is kept when somebody submits it; exact numbers."""
        content: dict[str, object] = {"as_of": self.as_of.isoformat(), "plan_hash": self.plan_hash}
        for name, table in self.tables.items():
            out = io.StringIO()
            formats.write_json(table, out)
            content[name] = json.loads(out.getvalue(), parse_float=str)
        return (json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def read_plan(serving: Path) -> ServedPlan:
    """The plan of what is served now.

    Raises:
        StateError: nothing was published yet, or by a version of the product that made no plans.
    """
    try:
        publication = snapshots.read_publication(snapshots.current_file(serving))
        # By its own name: what is current may be swapped in between.
        with snapshots.opened(snapshots.snapshot_file(serving, publication.version)) as connection:
            row = connection.execute("SELECT plan_hash FROM plan.decision WHERE is_current_plan LIMIT 1").fetchone()
            tables = {name: connection.execute(sql).to_arrow_table() for name, sql in _TABLES.items()}
    except FileNotFoundError as error:
        raise StateError("Nothing has been published yet", str(serving), "run `salesops run` first") from error
    except duckdb.CatalogException as error:
        raise StateError("The served version holds no plan", str(serving), "run `salesops run` to publish one") from error
    if row is None:
        raise StateError("The served version proposes no plan", str(serving), "run `salesops run` to publish one")
    return ServedPlan(publication.version, publication.as_of, str(row[0]), tables)
