"""The canonical schema as a law: a contract reads it, a source lists it, a model stages it, and the sample exports it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import yaml

from ingestion import canonical, contract_reader
from ingestion.contract import Contract
from sample import SampleSummary

ROOT = Path(__file__).resolve().parents[2]
STAGING = ROOT / "dbt_project" / "models" / "staging"
OBJECTS = sorted(canonical.objects())
# Columns that other exports of these objects carry and the sample's do not.
NOT_IN_SAMPLE = {
    "salesforce.Product2": {"ListPrice"},
    "erp.resources": {"units_per_week"},
    "erp.routings": {"units_each"},
}
# Objects that the sample company has no export of: its CRM holds the quotas.
WITHOUT_SAMPLE = {"finance.quotas"}


@pytest.fixture(scope="module")
def contracts() -> list[Contract]:
    return contract_reader.read_all()


@pytest.mark.parametrize("name", OBJECTS)
def test_every_object_has_a_built_in_contract_a_source_entry_and_a_staging_model(contracts: list[Contract], name: str) -> None:
    assert [contract.id for contract in contracts if name in {entry.object for entry in contract.entries}]
    table = canonical.objects()[name].table
    system = table.split("__")[0]
    listed = yaml.safe_load((STAGING / system / f"_{system}__sources.yml").read_text(encoding="utf-8"))["sources"]
    assert [t for source in listed if source["name"] == "raw" for t in source["tables"] if t["name"] == table]
    sql, described = (STAGING / system / f"stg_{table}{suffix}" for suffix in (".sql", ".yml"))
    assert f"'{table}'" in sql.read_text(encoding="utf-8")
    (model,) = yaml.safe_load(described.read_text(encoding="utf-8"))["models"]
    assert all(column["description"] for column in model["columns"])


@pytest.mark.parametrize("name", OBJECTS)
def test_every_contract_column_is_in_the_header_that_the_sample_writes(
    contracts: list[Contract], written: tuple[Path, SampleSummary], name: str
) -> None:
    system, title = name.split(".")
    files = sorted((written[0] / system).glob(f"{title}_*.csv"))
    if name in WITHOUT_SAMPLE or (written[0] / system / f"{title}_2026-10-03.jsonl").exists():
        assert not files
        return
    (contract,) = (item for item in contracts if item.id == name)
    named = {column.file_column for column in contract.columns if column.file_column} - NOT_IN_SAMPLE.get(name, set())
    assert files
    for path in files:
        assert contract.claims(path.relative_to(written[0]))  # type: ignore[arg-type]
        with path.open(encoding="utf-8", newline="") as lines:
            assert named == set(next(csv.reader(lines))), path.name


def test_every_relationship_of_a_contract_points_to_the_key_of_an_object() -> None:
    keys = {f"{item.name}.{column}" for item in canonical.objects().values() for column in item.key}
    found = []
    for path in contract_reader.BUILT_IN.glob("*.yml"):
        for schema in yaml.safe_load(path.read_text(encoding="utf-8"))["schema"]:
            for item in schema["properties"]:
                found += [(path.name, item["name"], link["to"]) for link in item.get("relationships", [])]
    assert [link for link in found if link[2] not in keys] == []
    assert len({name for name, _, _ in found}) > 20
