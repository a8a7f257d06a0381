"""Tables of a connector (headers in snake case) through the contracts of examples/fivetran: each column, row and type."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingestion import canonical, contract_reader
from ingestion.contract import Contract
from tests.integration.exports import Place

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "fivetran"
CONTRACTS = {path.stem: contract_reader.read(path, validate=False) for path in (EXAMPLE / "contracts").glob("*.yml")}
# The warehouse has no object for the history of contacts (an owner is asked for by day of accounts only) and for orders.
UNREAD = {"salesforce_contact_history", "salesforce_order"}


class Seeds:
    """The seed tables, and a home that all of them were loaded into."""

    def __init__(self, folder: Path, root: Path) -> None:
        salesforce = {f"salesforce_{p.stem[3:-5]}": p for p in sorted((folder / "salesforce").glob("sf_*_data.csv"))}
        self.files = salesforce | {"zendesk_ticket": folder / "zendesk" / "ticket_data.csv"}
        self.place = Place(root, contract_reader.read_all(EXAMPLE))
        for path in self.files.values():
            target = self.place.inbox / path.parent.name / path.name
            target.parent.mkdir(exist_ok=True)
            # Keeps the time of change, so that the file is stable at the first look.
            shutil.copy2(path, target)
        self.report = {Path(file.name).name: file for file in self.place.ingest().files}

    def records(self, table: str) -> list[dict[str, str]]:
        """The records of one seed table as a CSV reader gives them."""
        with self.files[table].open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    def loaded(self, contract: Contract) -> list[dict[str, Any]]:
        """What the raw table holds of a contract's source."""
        item = canonical.objects()[contract.entries[0].object]
        names = [*item.columns, "_extra", "_extract_time"]
        columns = ", ".join(f'"{name}"' for name in names)
        rows = self.place.rows(f"SELECT {columns} FROM {item.sql_name} WHERE _source = '{contract.source}'")
        return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def seeds(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    return Seeds(real_data / "fivetran_seeds", tmp_path_factory.mktemp("fivetran"))


def test_every_table_has_a_contract_but_those_the_warehouse_has_no_object_for(seeds: Seeds) -> None:
    assert set(seeds.files) - set(CONTRACTS) == UNREAD
    assert set(CONTRACTS) <= set(seeds.files)


@pytest.mark.parametrize("table", sorted(CONTRACTS))
def test_every_row_of_a_table_is_loaded_and_every_column_mapped_or_kept(seeds: Seeds, table: str) -> None:
    contract, records = CONTRACTS[table], seeds.records(table)
    file = seeds.report[seeds.files[table].name]
    assert file.status == "loaded", file
    assert [(count.read, count.loaded, count.rejected) for count in file.counts] == [(len(records), len(records), 0)]
    assert len(seeds.loaded(contract)) == len(records)
    mapped = {column.file_column for column in contract.columns}
    kept = {name for row in seeds.loaded(contract) for name in json.loads(row["_extra"] or "{}")}
    filled = {name for record in records for name, text in record.items() if text}
    named = {name for name in filled if any(name in (column.expression or "") for column in contract.columns)}
    assert filled <= mapped | kept | named
    assert not kept & mapped


@pytest.mark.parametrize("table", sorted(CONTRACTS))
def test_values_are_those_of_the_table_in_the_types_of_the_canonical_schema(seeds: Seeds, table: str) -> None:
    contract = CONTRACTS[table]
    item = canonical.objects()[contract.entries[0].object]
    columns = [column for column in contract.columns if column.file_column and column.file_column in seeds.records(table)[0]]
    expected = [
        {column.name: typed(record[column.file_column or ""], item.columns[column.name]) for column in columns}
        for record in seeds.records(table)
    ]
    found = [{column.name: row[column.name] for column in columns} for row in seeds.loaded(contract)]
    assert sorted(map(repr, found)) == sorted(map(repr, expected))
    synced = max(record["_fivetran_synced"] for record in seeds.records(table))
    assert {row["_extract_time"] for row in seeds.loaded(contract)} == {dt.datetime.fromisoformat(synced)}


def typed(text: str, sql_type: str) -> Any:
    """The value that a seed's text stands for."""
    if not text:
        return None
    if sql_type == "BOOLEAN":
        return {"true": True, "false": False}[text.lower()]
    if sql_type == "DATE":
        return dt.date.fromisoformat(text[:10])
    if sql_type == "TIMESTAMP":
        return dt.datetime.fromisoformat(text)
    if sql_type.startswith("DECIMAL"):
        return Decimal(text).quantize(Decimal("0.01"))
    return {"DOUBLE": float, "BIGINT": int, "VARCHAR": str}[sql_type](text)
