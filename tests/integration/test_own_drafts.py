"""Contracts drafted for tables of one's own: they hold, load the file, and say who the columns are about."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from ingestion import contract_reader
from ingestion.contract import Contract
from ingestion.convert import value_of
from ingestion.draft import draft, naming
from ingestion.own_survey import clean_names
from ingestion.peek import peek
from ingestion.rehearsal import choose, rehearse
from ingestion.survey import Survey, survey
from orchestration.cli import main
from warehouse.errors import ConfigurationError

VISITS = (
    "Nr;Kunde;Besuch am;Umsatz;Grund;Größe (m²);E-Mail;Erledigt;PLZ;Quote\n"
    "1;Anna Müller;31.10.2026;1.234,50;Wollte mehr wissen als sonst;3;a@b.de;ja;01067;5%\n"
    "2;Bob Meier;01.11.2026;-;Beschwerde;4;c@d.de;nein;80331;12,5%\n"
    "3;Bob Meier;02.11.2026;2,00;;4;;nein;80331;1%\n"
)


def drafted(path: Path, name: str = "mine.besuche") -> tuple[Survey, Contract]:
    found = survey(peek(path), name)
    target = path.with_suffix(".yml")
    target.write_text(draft(found, naming(found.peek, found.main.object)), encoding="utf-8")
    return found, contract_reader.read(target)


def salesops(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env={"COLUMNS": "200"})


def test_a_home_grown_file_loads_whole_under_its_draft(tmp_path: Path) -> None:
    path = tmp_path / "Besuche_2026-11-02.csv"
    path.write_text(VISITS, encoding="cp1252")
    _, contract = drafted(path)
    found = rehearse(path, contract)
    assert found.would_load, found.reason
    assert [(c.object, c.read, c.loaded) for c in found.counts] == [("mine.besuche", 3, 3)]
    (entry,) = contract.entries
    assert entry.target.key == ("nr",)
    assert entry.target.columns == {
        "nr": "VARCHAR",
        "kunde": "VARCHAR",
        "besuch_am": "DATE",
        "umsatz": "DECIMAL(18,2)",
        "grund": "VARCHAR",
        "groesse_m2": "BIGINT",
        "e_mail": "VARCHAR",
        "erledigt": "BOOLEAN",
        "plz": "VARCHAR",
        "quote": "DOUBLE",
    }
    personal = {column.name: column.personal for column in entry.columns if column.personal}
    assert personal == {"kunde": "name", "grund": "free text", "e_mail": "email"}
    assert (contract.id, contract.source, contract.servers[0].path) == ("mine.besuche", "mine", "Besuche*.csv")


def test_the_commands_lead_from_an_unclaimed_file_to_a_loaded_one(tmp_path: Path) -> None:
    inbox = tmp_path / "home" / "inbox"
    inbox.mkdir(parents=True)
    path = inbox / "Besuche_2026-11-02.csv"
    path.write_text(VISITS, encoding="utf-8")
    home = ("--home", tmp_path / "home")
    for said in (salesops("ingest", "--explain", path, *home), salesops("contract", "new", path)):
        assert said.exit_code in (10, 11)
        assert "--object mine.besuche" in said.output
    out = tmp_path / "home" / "company" / "contracts" / "besuche.yml"
    new = salesops("contract", "new", path, "--object", "mine.besuche", "--out", out)
    assert new.exit_code == 0, new.output
    assert "10 of 10 columns mapped" in new.output
    assert "confirm who the columns are about: 'Kunde' (name)" in new.output
    assert salesops("contract", "check", *home).exit_code == 0
    loaded = salesops("ingest", *home, "--json")
    assert loaded.exit_code == 0, loaded.output
    report = json.loads(loaded.stdout)
    assert [(c["object"], c["loaded"]) for file in report["files"] for c in file["counts"]] == [("mine.besuche", 3)]


def test_nested_json_is_offered_by_path_and_one_common_word_is_no_match(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    lines = [
        {"id": n, "who": {"email": f"p{n}@x.de", "at home": {"a": 1}}, "at": f"2026-10-3{n}T10:00:00", "n": 3} for n in range(2)
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"--object mine\.events"):
        survey(peek(path))
    assert choose(path, tmp_path / "inbox", contract_reader.read_all()) is None
    path.write_text(path.read_text().replace(', "at home": {"a": 1}', ""), encoding="utf-8")
    _, contract = drafted(path, "mine.events")
    assert {column.name: column.file_column for column in contract.columns}["who_email"] == "$.who.email"
    found = rehearse(path, contract)
    assert [(c.read, c.loaded) for c in found.counts] == [(2, 2)]
    assert not found.unknown
    assert not found.missing


def test_what_an_api_wraps_is_matched_as_the_record_s_own_columns(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    rows = [
        {"id": str(n), "properties": {"dealname": f"D{n}", "dealstage": "new", "amount": "5.00", "hubspot_owner_id": "7"}}
        for n in range(3)
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    found = survey(peek(path), "hubspot.deals")
    labels = {item.column: item.label for item in found.main.columns}
    assert labels["dealname"] == "$.properties.dealname"
    target = tmp_path / "deals.yml"
    target.write_text(draft(found, naming(found.peek, found.main.object)), encoding="utf-8")
    assert rehearse(path, contract_reader.read(target)).would_load


def test_records_without_an_id_are_told_apart_by_few_columns_or_by_all(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("room,day,seats\nA,2026-01-01,5\nA,2026-01-02,5\nB,2026-01-01,5\n")
    found, contract = drafted(path, "mine.rooms")
    assert contract.entries[0].target.key == ("room", "day")
    assert "'room', 'day' together do" in found.key_note
    path.write_text("room,day,seats\nA,2026-01-01,5\nA,2026-01-01,5\nB,2026-01-01,5\n")
    found, contract = drafted(path, "mine.rooms")
    assert contract.entries[0].target.key == ("record_key",)
    assert not found.has_id
    assert [(c.read, c.loaded, c.rows) for c in rehearse(path, contract).counts] == [(3, 3, 2)]


def test_what_a_file_of_one_s_own_does_not_decide_is_left_to_a_person(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("code,day,price\na,01/02/2026,1.234\nb,03/04/2026,2.345\n")
    found, contract = drafted(path, "mine.prices")
    assert [item.label for item in found.undecided] == ["day", "price"]
    assert [column.name for column in contract.columns] == ["code"]
    assert rehearse(path, contract).would_load


@pytest.mark.parametrize(("mark", "price"), [(",", "1.234"), (".", "1234.0")])
def test_each_reading_that_a_draft_offers_of_a_number_reads_it(tmp_path: Path, mark: str, price: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text('code,price\na,"1,234"\n')
    found = survey(peek(path), "mine.prices")
    lines = draft(found, naming(found.peek, "mine.prices")).splitlines()
    chosen = [line.replace("# - ", "- ") if f"decimalMark, value: '{mark}'" in line else line for line in lines]
    (tmp_path / "x.yml").write_text("\n".join(chosen), encoding="utf-8")
    contract = contract_reader.read(tmp_path / "x.yml")
    (column,) = [column for column in contract.columns if column.name == "price"]
    with duckdb.connect() as connection:
        read = connection.execute(f"SELECT {value_of(column)} FROM (SELECT '1,234' AS \"price\")").fetchone()
    assert read == (float(price),)


def test_names_are_fit_for_sql_and_each_is_used_once() -> None:
    found = clean_names(
        ["Größe (m²)", "grosse m2", "Groesse m2", "1st", "%", "_source", "$.a.b", "a b", "日付", "order", "GRÖSSE", "createdAt"]
    )
    assert list(found.values()) == [
        "groesse_m2", "grosse_m2", "groesse_m2_2", "column_1st", "column", "source", "a_b", "a_b_2", "column_2", "order",
        "groesse", "created_at",
    ]  # fmt: skip


def test_a_file_whose_columns_fit_several_objects_alike_is_left_to_a_person(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,name\n1,A\n")
    with pytest.raises(ConfigurationError, match="objects alike") as refused:
        survey(peek(path))
    assert "--object mine.t" in refused.value.todo
    named = path.rename(tmp_path / "teams.csv")
    assert survey(peek(named)).main.object == "hubspot.teams"


def test_milliseconds_are_times_where_the_label_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"ean": 1793450000000, "createdAt": 1793450000000, "code": "a"}\n')
    _, contract = drafted(path, "mine.scans")
    assert contract.entries[0].target.columns == {"code": "VARCHAR", "ean": "BIGINT", "created_at": "TIMESTAMP"}
    assert rehearse(path, contract).would_load


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("salesforce.Acount", "use salesforce.Account"),
        ("salesforce.lead", "use salesforce.Lead"),
        ("hubspot.deal", "hubspot.deals"),
        ("Besuche", "write namespace.name in lower case"),
        ("mine.Besuche", "write namespace.name in lower case"),
    ],
)
def test_a_name_that_is_a_slip_or_none_is_refused_with_what_to_write(tmp_path: Path, name: str, says: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ConfigurationError, match=says):
        survey(peek(path), name)
