"""Contracts: the shipped ones hold the standard; what is wrong in others is named with file, line and key."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import duckdb
import pytest

from ingestion import canonical, contract_reader
from ingestion.contract_formats import DIRECTIVES
from warehouse.errors import ContractError

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted([*contract_reader.BUILT_IN.glob("*.yml"), *ROOT.glob("examples/*/contracts/*.yml")])
GOOD = """\
apiVersion: v3.1.0
kind: DataContract
id: mine.deals
name: Deals
version: 1.0.0
status: active
servers:
  - {server: inbox, type: local, path: deals.csv, format: csv}
customProperties:
  - {property: source, value: mine}
schema:
  - name: salesforce.Opportunity
    properties:
      - {name: Id, logicalType: string, physicalName: deal, required: true}
      - {name: StageName, logicalType: string, physicalName: stage, required: true}
      - {name: Amount, logicalType: number, physicalName: money}
"""


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.parent.name}/{path.name}")
def test_every_shipped_contract_holds_the_standard(path: Path) -> None:
    contract = contract_reader.read(path)
    assert contract.entries


def test_the_built_in_contracts_cover_the_canonical_schema_column_by_column() -> None:
    mapped = {
        (entry.object, column.name)
        for contract in contract_reader.read_all()
        for entry in contract.entries
        for column in entry.columns
    }
    assert mapped == {(item.name, column) for item in canonical.objects().values() for column in item.columns}


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("status: active", "status: active\nstatus: draft", 7, "said twice"),
        ("kind: DataContract", "kind: DataContrakt", 2, "Open Data Contract Standard"),
        ("id: mine.deals\n", "", 1, "has no id"),
        ("path: deals.csv", "path: ../deals.csv", 8, "inside the inbox"),
        ("path: deals.csv", 'path: "**/deals.csv"', 8, "inside the inbox"),
        ("property: source", "property: sauce", 10, "did you mean source"),
        ("salesforce.Opportunity", "salesforce.Oportunity", 12, "salesforce.Opportunity"),
        ("name: StageName", "name: Stage", 15, "StageName"),
        ("name: Amount, logicalType: number", "name: Amount, logicalType: date", 16, "is number"),
        ("name: Amount, logicalType: number", "name: Amount", 16, "no logicalType"),
        (
            "      - {name: Id, logicalType: string, physicalName: deal, required: true}\n",
            "",
            12,
            "key of salesforce.Opportunity",
        ),
        (
            "value: mine}",
            "value: mine}\n  - {property: dateFormats, value: ['%d/%m/%Y', '%m/%d/%Y']}",
            10,
            "two different dates",
        ),
        ("value: mine}", "value: mine}\n  - {property: encoding, value: klingon}", 10, "klingon"),
        ("value: mine}", "value: mine}\n  - {property: timezone, value: Mars/North}", 10, "Mars/North"),
        ("schema:", "schema: [", 12, "not valid YAML"),
    ],
)
def test_a_wrong_contract_is_refused_with_file_line_and_what_to_do(
    tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    path = tmp_path / "deals.yml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(ContractError) as refused:
        contract_reader.read(path)
    message = str(refused.value)
    assert says in message
    assert abs(int(refused.value.where.split("deals.yml:")[1].split(",")[0]) - line) <= 1, message
    assert "What to do" in message


def test_two_contracts_with_one_id_are_refused(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    for name in ("a.yml", "b.yml"):
        (tmp_path / "contracts" / name).write_text(GOOD)
    with pytest.raises(ContractError, match="Two contracts have the id"):
        contract_reader.read_all(tmp_path)


def test_a_glob_never_crosses_a_folder() -> None:
    (contract,) = [item for item in contract_reader.read_all() if item.id == "salesforce.Opportunity"]
    assert contract.claims(PurePosixPath("Opportunity_2026-01-05.csv"))
    assert contract.claims(PurePosixPath("salesforce/Opportunity_2026-01-05.csv"))
    assert not contract.claims(PurePosixPath("old/salesforce/Opportunity_2026-01-05.csv"))
    assert not contract.claims(PurePosixPath("OpportunityHistory_2026-01-05.csv"))


def test_a_contract_that_says_the_same_has_the_same_hash(tmp_path: Path) -> None:
    one, other = tmp_path / "one.yml", tmp_path / "other.yml"
    one.write_text(GOOD)
    other.write_text("# a comment\n" + GOOD)
    assert contract_reader.read(one).hash == contract_reader.read(other).hash
    other.write_text(GOOD.replace("physicalName: money", "physicalName: cash"))
    assert contract_reader.read(one).hash != contract_reader.read(other).hash


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("physicalName: money", "physicalNam: money", "unknown key 'physicalNam'; did you mean 'physicalName'?"),
        ("logicalType: number", "logicalTyp: number", "unknown key 'logicalTyp'; did you mean 'logicalType'?"),
        ("path: deals.csv", "paht: deals.csv", "unknown key 'paht'; did you mean 'path'?"),
        ("version: 1.0.0", "versoin: 1.0.0", "unknown key 'versoin'; did you mean 'version'?"),
        ("value: mine}", "valeu: mine}", "unknown key 'valeu'; did you mean 'value'?"),
        ("value: mine}", "value: mine}\n  - {property: dateFormats, value: ['%d.%m.%Q']}", "'%Q' in the format '%d.%m.%Q'"),
        ("value: mine}", "value: mine}\n  - {property: dateFormats, value: ['%d.%m.%']}", "'%' in the format '%d.%m.%'"),
        ("value: mine}", "value: mine}\n  - {property: timestampFormats, value: ['dd.mm.yyyy']}", "no part of a date"),
        (
            "value: mine}",
            "value: mine}\n  - {property: extractTime, value: {fileName: '_(.*)', format: '%Y-%Q'}}",
            "'%Q' in the format '%Y-%Q' of extractTime",
        ),
        (
            "Opportunity\n",
            "Opportunity\n    customProperties: [{property: ownObject, value: maybe}]\n",
            "ownObject is true or false, not 'maybe'",
        ),
        (
            "physicalName: money",
            "physicalName: money, customProperties: [{property: asOf, value: 'no'}]",
            "asOf is true or false, not 'no'",
        ),
    ],
)
def test_what_a_reader_would_not_understand_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = tmp_path / "deals.yml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(ContractError) as refused:
        contract_reader.read(path)
    assert says in refused.value.what
    assert refused.value.todo
    if "unknown key" in says:
        key = says.split("'")[1]
        line = next(number for number, text in enumerate(path.read_text().splitlines(), start=1) if f"{key}:" in text)
        column = path.read_text().splitlines()[line - 1].index(f"{key}:") + 1
        assert f"{path}:{line}, column {column}, key " in refused.value.where


def test_every_directive_that_a_contract_may_use_is_one_that_the_reader_knows() -> None:
    codes = [*DIRECTIVES, *(f"-{code}" for code in "dHIjmMSy")]
    with duckdb.connect() as connection:
        for code in codes:
            connection.execute(f"SELECT try_strptime(text, '%{code}') FROM (VALUES ('1')) t(text)").fetchall()
        for code in "CDeEFiJkKlLNoOPqQrRstvz"[:-1]:
            assert code not in DIRECTIVES
            with pytest.raises(duckdb.Error):
                connection.execute(f"SELECT try_strptime(text, '%{code}') FROM (VALUES ('1')) t(text)").fetchall()


def test_hubspot_s_own_id_is_taken_where_an_export_calls_it_id() -> None:
    named = {
        contract.id: column.aliases
        for contract in contract_reader.read_all()
        for column in contract.columns
        if column.file_column == "hs_object_id"
    }
    assert len(named) == 10
    assert set(named.values()) == {("id",)}
