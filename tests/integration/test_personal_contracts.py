"""Contracts say which columns are about a person; the key of a home is secret and made once."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import duckdb
import pytest
import yaml

from ingestion import canonical, contract_reader, ingest, personal_columns
from tests.integration.exports import Place
from warehouse import personal
from warehouse.errors import ConfigurationError, ContractError

PERSONAL_NAME = re.compile(
    r"^(first|last|middle|full|user)_?name$|e_?mail(address)?$|(phone|mobile|fax)(number)?$|street$|^(subject|person|contact_name)$",
    re.IGNORECASE,
)


def test_every_column_of_a_built_in_contract_that_looks_like_a_person_is_tagged() -> None:
    untagged = [
        f"{contract.id}: {column.name}"
        for contract in contract_reader.read_all()
        for column in contract.columns
        if PERSONAL_NAME.search(column.name) and column.sql_type == "VARCHAR" and not column.personal
    ]
    assert not untagged


def test_built_in_contracts_say_themselves_what_holds_for_a_canonical_column() -> None:
    said = {}
    for path in sorted(contract_reader.BUILT_IN.glob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        # A report's contract may find a person where the object itself has an id.
        for schema in document["schema"] if document["id"] in canonical.objects() else []:
            tags = {item["name"]: item["classification"] for item in schema["properties"] if "classification" in item}
            if tags:
                said[schema["name"]] = tags
    assert said == {name: dict(tags) for name, tags in personal_columns.columns().items()}


def test_a_contract_that_says_nothing_takes_the_tag_of_the_canonical_column(tmp_path: Path) -> None:
    text = (contract_reader.BUILT_IN / "salesforce_lead.yml").read_text(encoding="utf-8")
    path = tmp_path / "lead.yml"
    path.write_text(re.sub(r", classification: (name|email|phone)", "", text), encoding="utf-8")
    tags = {column.name: column.personal for _, column in personal_columns.tagged(contract_reader.read(path))}
    assert tags == dict(personal_columns.columns()["salesforce.Lead"])
    path.write_text(text.replace("classification: email", "classification: none"), encoding="utf-8")
    assert "Email" not in {column.name for _, column in personal_columns.tagged(contract_reader.read(path))}


def test_a_classification_that_is_not_in_the_vocabulary_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "lead.yml"
    text = (contract_reader.BUILT_IN / "salesforce_lead.yml").read_text(encoding="utf-8")
    path.write_text(text.replace("classification: email", "classification: e-mail"), encoding="utf-8")
    with pytest.raises(ContractError, match=r"'e-mail' is not a classification.*lead\.yml:\d+.*did you mean email"):
        contract_reader.read(path)


def test_tags_do_not_change_what_a_contract_reads(tmp_path: Path) -> None:
    path = tmp_path / "lead.yml"
    text = (contract_reader.BUILT_IN / "salesforce_lead.yml").read_text(encoding="utf-8")
    path.write_text(text.replace("classification: email", "classification: none"), encoding="utf-8")
    assert contract_reader.read(path).hash == contract_reader.read(contract_reader.BUILT_IN / "salesforce_lead.yml").hash


def test_the_key_of_a_home_is_made_once_and_readable_by_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(personal.VARIABLE)
    assert personal.existing_key(tmp_path) is None
    key = personal.key(tmp_path)
    assert personal.key(tmp_path) == key
    assert stat.S_IMODE(personal.key_file(tmp_path).stat().st_mode) == 0o600
    assert personal.key(tmp_path / "other") != key
    monkeypatch.setenv(personal.VARIABLE, "0123456789abcdef")
    assert personal.key(tmp_path) == b"0123456789abcdef"
    monkeypatch.setenv(personal.VARIABLE, "short")
    with pytest.raises(ConfigurationError, match="too short"):
        personal.key(tmp_path)


def test_the_key_reaches_dbt_as_the_pads_of_hmac(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        personal.write_table(connection, tmp_path)
        row = connection.execute("SELECT inner_pad, outer_pad FROM config.personal_key").fetchall()
    assert row == [personal.pads(personal.key(tmp_path))]


def test_a_file_whose_name_holds_an_email_is_refused_because_the_ledger_could_not_forget_it(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.drop("Lead_ann@x.com.csv", "Id\n00Q1\n")
    place.drop("Lead_@2026-10-01.csv", "Id\n00Q1\n")
    outcomes = {file.name: file.status for file in place.ingest().files}
    assert outcomes == {"Lead_ann@x.com.csv": "refused", "Lead_@2026-10-01.csv": "loaded"}
    assert "ann@x.com" not in place.home.ledger.joinpath("events.jsonl").read_text(encoding="utf-8")


def test_a_file_without_a_header_leaves_nothing_of_its_first_record_in_the_ledger(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.drop("Lead_2026-10-01.csv", "00Q1,Ann,Lee,ann@x.com\n")
    assert place.outcome("Lead_2026-10-01.csv").status == "quarantined"
    text = place.home.ledger.joinpath("events.jsonl").read_text(encoding="utf-8")
    assert "ann@x.com" not in text
    assert "Ann" not in text
    assert not ingest.pending(place.home, place.contracts, place.inbox)
