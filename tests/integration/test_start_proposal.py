"""What `salesops start` proposes, asks and refuses before anything runs."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner

from ingestion import canonical, contract_reader
from orchestration import cli_start, start, start_files, start_record
from orchestration.settings import Settings
from orchestration.start import Plan, plan
from orchestration.start_wishes import Wishes
from warehouse.errors import ConfigurationError, InboxError, SalesOpsError

HEADER = ["Deal-Nr", "Vorgang", "Lage", "Taler", "Ende", "Zust. Person", "Tage"]
SAID = {"Name": "Vorgang", "StageName": "Lage", "CloseDate": "Ende"}


def export(path: Path, header: list[str] | None = None, rows: int = 40, amount: str = "1.234,50") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(header or HEADER)
        for number in range(rows):
            stage = ("Angebot", "Kontakt", "Gewonnen", "Verloren")[number % 4]
            person = ("Anna Müller", "Bob Schmidt")[number % 2]
            out.writerow(
                [5000 + number * 3, f"Projekt {number}", stage, amount, f"{number % 28 + 1:02d}.10.2026", person, number]
            )
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.find(str(tmp_path / "home"))


def first_try(settings: Settings, file: Path, wishes: Wishes) -> Plan:
    """As the command does it, up to the run."""
    made = plan(settings, [file], wishes)
    settings.home.create()
    written = start.write(settings, made)
    start.keep(settings, made, written)
    return made


def deals_file(settings: Settings) -> Path:
    return start_files.contract_file(settings, "deals")


def mapping_of(settings: Settings) -> dict[str, str | None]:
    found = contract_reader.read(deals_file(settings))
    return {column.name: column.file_column for column in found.entries[0].columns}


def again(settings: Settings) -> Settings:
    """The same home as the next command finds it."""
    return Settings.find(str(settings.home.root))


def test_options_of_a_further_try_are_added_to_the_earlier_ones_while_nothing_is_published(
    settings: Settings, tmp_path: Path
) -> None:
    file = export(tmp_path / "deals.csv")
    first_try(settings, file, Wishes(columns={**SAID, "Amount": ""}))
    assert "Amount" not in mapping_of(settings)
    more = Wishes(columns={"Amount": "Taler", "OwnerId": "Zust. Person"}, currency="EUR", fiscal_start=4)
    first_try(again(settings), file, more)
    assert mapping_of(settings) == {"Id": "Deal-Nr", **SAID, "Amount": "Taler", "OwnerId": "Zust. Person"}
    terms = again(settings).company().calendar
    assert (terms.reporting_currency, terms.fiscal_year_start_month) == ("EUR", 4)
    first_try(again(settings), file, Wishes(columns={"Amount": "Tage"}))
    assert mapping_of(settings)["Amount"] == "Tage"
    assert again(settings).company().calendar.reporting_currency == "EUR"


def test_a_further_try_with_another_day_is_refused_as_the_file_is_in_already(settings: Settings, tmp_path: Path) -> None:
    file = export(tmp_path / "deals.csv")
    made = first_try(settings, file, Wishes(columns=SAID))
    start.place(settings, made, Wishes())
    assert plan(again(settings), [file], Wishes(columns={"Amount": "Taler"})).replaces
    with pytest.raises(InboxError, match="another day than 2026-10-30") as refusal:
        plan(again(settings), [file], Wishes(date=dt.date(2026, 10, 30)))
    assert "deals_2026-10-28.csv" in refusal.value.where


def test_a_slip_in_an_option_of_a_further_try_is_refused(settings: Settings, tmp_path: Path) -> None:
    file = export(tmp_path / "deals.csv")
    first_try(settings, file, Wishes(columns=SAID))
    for columns, said in (({"Amuont": "Taler"}, "Amount"), ({"Amount": "Thaler"}, "Taler")):
        with pytest.raises(ConfigurationError) as refusal:
            plan(again(settings), [file], Wishes(columns=columns))
        assert said in refusal.value.todo


def test_what_a_person_edited_stays_and_options_against_it_name_the_file(settings: Settings, tmp_path: Path) -> None:
    file = export(tmp_path / "deals.csv")
    first_try(settings, file, Wishes(columns=SAID, currency="EUR"))
    calendar = settings.home.company / "business" / "calendar.yml"
    calendar.write_text(calendar.read_text(encoding="utf-8").replace("EUR", "CHF"), encoding="utf-8")
    made = first_try(again(settings), file, Wishes(columns={"Amount": "Taler"}))
    assert made.proposal.currency == "CHF"
    assert again(settings).company().calendar.reporting_currency == "CHF"
    assert mapping_of(settings)["Amount"] == "Taler"
    with pytest.raises(ConfigurationError, match="edited by hand") as refusal:
        plan(again(settings), [file], Wishes(currency="USD"))
    assert refusal.value.where == str(calendar)
    assert "reporting_currency: USD" in refusal.value.todo


@pytest.mark.parametrize(
    ("wishes", "file", "todo"),
    [
        (Wishes(columns={"Amount": "Tage"}), "contracts/deals.yml", "write physicalName: Tage at Amount"),
        (Wishes(columns={"Amount": ""}), "contracts/deals.yml", "take Amount out"),
        (Wishes(columns={"Type": "Tage"}), "contracts/deals.yml", "add Type with physicalName: Tage"),
        (Wishes(dates="mdy"), "contracts/deals.yml", "dateFormats"),
        (Wishes(decimals="."), "contracts/deals.yml", "decimalMark"),
        (Wishes(is_full=True), "contracts/deals.yml", "delivery"),
        (Wishes(stages={"Angebot": "lost"}), "business/stages.yml", "type: lost"),
        (Wishes(currency="EUR"), "business/calendar.yml", "reporting_currency: EUR"),
        (Wishes(fiscal_start=4), "business/calendar.yml", "fiscal_year_start_month: 4"),
    ],
)
def test_options_that_would_change_a_contract_that_holds_are_refused_with_what_to_edit(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wishes: Wishes, file: str, todo: str
) -> None:
    report = export(tmp_path / "deals.csv")
    first_try(settings, report, Wishes(columns={**SAID, "Amount": "Taler"}))
    monkeypatch.setattr(start_record, "is_published", lambda *_: True)
    with pytest.raises(ConfigurationError, match="are published") as refusal:
        plan(again(settings), [report], wishes)
    assert refusal.value.where == str(settings.home.company / file)
    assert todo in refusal.value.todo
    same = Wishes(columns={"amount": "taler"}, currency="USD", dates="dmy", decimals=",", stages={"angebot": "open"})
    assert plan(again(settings), [report], same).contract is not None
    with pytest.raises(ConfigurationError, match="No deal is in the stage 'Foo'"):
        plan(again(settings), [report], Wishes(stages={"Foo": "won"}))


def test_a_missing_amount_is_asked_about_where_a_column_holds_numbers(settings: Settings, tmp_path: Path) -> None:
    file = export(tmp_path / "deals.csv")
    made = plan(settings, [file], Wishes(columns=SAID))
    assert made.missed() == {"Amount": ["Taler"], "OwnerId": ["Zust. Person"]}
    (amount,) = made.undecided(may_miss=["OwnerId"])
    assert "--map Amount=Taler" in amount
    assert [point.split(" (")[0] for point in made.undecided()] == ["no column is Amount", "no column is OwnerId"]
    assert not plan(settings, [file], Wishes(columns={**SAID, "amount": "", "ownerid": ""})).undecided()
    bare = plan(settings, [export(tmp_path / "bare.csv", amount="viel")], Wishes(columns=SAID))
    assert bare.missed()["Amount"] == []
    assert not bare.undecided(may_miss=["OwnerId"])


def test_a_missing_column_is_refused_with_an_option_made_of_this_file(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no column is CloseDate \(") as refusal:
        plan(settings, [export(tmp_path / "deals.csv")], Wishes(columns={"StageName": "Lage"}))
    assert "such as --map CloseDate=Ende (" in refusal.value.todo
    assert "StageName=" not in refusal.value.todo
    for column in canonical.objects()["salesforce.Opportunity"].columns:
        assert column in refusal.value.todo


def test_help_lists_the_columns_that_can_be_mapped() -> None:
    assert cli_start.COLUMNS.split(", ") == list(canonical.objects()["salesforce.Opportunity"].columns)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({**SAID, "Amount": "Lage"}, "both StageName and Amount"),
        ({**SAID, "Amount": "Zust. Person"}, "no numbers: 'Anna Müller'"),
        ({**SAID, "CreatedDate": "Zust. Person"}, "no dates"),
    ],
)
def test_a_column_that_cannot_be_what_was_said_is_refused(
    settings: Settings, tmp_path: Path, columns: dict[str, str], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        plan(settings, [export(tmp_path / "deals.csv")], Wishes(columns=columns))


def test_a_stage_that_no_deal_is_in_is_refused_with_those_there_are(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="'Foo'") as refusal:
        plan(settings, [export(tmp_path / "deals.csv")], Wishes(columns=SAID, stages={"Foo": "won"}))
    assert "'Angebot'" in refusal.value.todo
    made = plan(settings, [export(tmp_path / "deals.csv")], Wishes(columns=SAID, stages={"angebot": "won"}))
    assert {stage.stage: stage.type for stage in made.proposal.stages}["Angebot"] == "won"


@pytest.mark.parametrize(
    ("label", "currency"),
    [("Amount\n(EUR)", "EUR"), ("Betrag in CHF", "CHF"), ("Montant [€]", "EUR"), ("Importe", "USD"), ("Betrag, GBP", "GBP")],
)
def test_a_currency_behind_a_label_is_the_currency_and_not_the_label(
    settings: Settings, tmp_path: Path, label: str, currency: str
) -> None:
    header = ["Deal-Nr", "Deal", "Phase", label, "Abschlussdatum", "Verkäufer", "Tage"]
    file = export(tmp_path / "deals.csv", header)
    made = first_try(settings, file, Wishes())
    assert made.newest.label("Amount") == label
    assert made.proposal.currency == currency
    assert not made.undecided()
    (found,) = start.rehearsals(again(settings), made, Wishes())
    assert dict(found.matched)["Amount"] == label
    assert not found.failures


@pytest.mark.parametrize(
    "header",
    [
        "Deal-ID;Opportunity-Name;Kundenname;Inhaber;Verkaufsphase;Betrag;Abschlussdatum;Erstelldatum;Wahrscheinlichkeit (%);"
        "Typ;Lead-Quelle;Nächster Schritt",
        "ID de l'opportunité;Nom de l'opportunité;Nom du compte;Propriétaire de l'opportunité;Étape;Montant;Date de clôture;"
        "Date de création;Probabilité (%);Type;Origine de la piste;Étape suivante",
        "ID de la oportunidad;Nombre de la oportunidad;Nombre de la cuenta;Propietario de la oportunidad;Etapa;Importe;"
        "Fecha de cierre;Fecha de creación;Probabilidad (%);Tipo;Origen del candidato;Paso siguiente",
    ],
)
def test_german_french_and_spanish_reports_are_read_without_a_word(settings: Settings, tmp_path: Path, header: str) -> None:
    file = tmp_path / "deals_2026-10-31.csv"
    cells = "1;A;Acme;Ann Ax;New;5,50;31.12.2026;01.09.2026;10;Neu;Web;Call"
    file.write_text(f"{header}\n{cells}\n", encoding="utf-8")
    made = plan(settings, [file], Wishes())
    columns = ["Id", "Name", "AccountId", "OwnerId", "StageName", "Amount", "CloseDate", "CreatedDate", "Probability", "Type"]
    expected = dict(zip([*columns, "LeadSource", "NextStep"], header.split(";"), strict=True))
    assert {item.column: item.label for item in made.newest.main.columns} == expected


def test_the_day_of_a_file_says_of_what_it_is_the_newest(settings: Settings, tmp_path: Path) -> None:
    file = export(tmp_path / "deals.csv")
    (day,) = plan(settings, [file], Wishes(columns=SAID)).exports
    # Open deals close later, on the 26th and so on; the newest of the closed ones is number 27.
    assert (str(day.day), day.why_day) == ("2026-10-28", "the newest close date of a closed deal, 'Ende'")
    header = ["Vorgang", "Lage", "Ende", "Angelegt am", "Geändert am"]
    rows = ["A;Gewonnen;20.10.2026;01.09.2026;15.10.2026", "B;Offen;30.12.2026;05.09.2026;13.10.2026"]
    file.write_text("\n".join([";".join(header), *rows]) + "\n", encoding="utf-8")
    (day,) = plan(settings, [file], Wishes(columns=SAID)).exports
    assert (str(day.day), day.why_day) == ("2026-10-15", "the newest date of a change, 'Geändert am'")


def test_two_files_of_different_columns_are_told_apart_by_name(settings: Settings, tmp_path: Path) -> None:
    one = export(tmp_path / "week1_2026-10-24.csv")
    other = export(tmp_path / "week2_2026-10-31.csv", [*HEADER[:3], "Wert", *HEADER[4:]])
    with pytest.raises(ConfigurationError, match=r"week2_2026-10-31\.csv lacks 'Taler' and has 'Wert'") as refusal:
        plan(settings, [one, other], Wishes(columns={**SAID, "Amount": "Taler"}))
    assert "--name" in refusal.value.todo


def test_a_later_file_is_read_as_its_contract_says_and_one_of_another_shape_is_named(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_try(settings, export(tmp_path / "deals.csv"), Wishes(columns={**SAID, "Amount": "Taler"}))
    monkeypatch.setattr(start_record, "is_published", lambda *_: True)
    made = plan(again(settings), [export(tmp_path / "next.csv", rows=48)], Wishes())
    assert made.contract is not None
    assert made.exports[0].why_day == "the newest close date of a closed deal, 'Ende'"
    one = export(tmp_path / "week1_2026-10-24.csv")
    other = export(tmp_path / "week2_2026-10-31.csv", [*HEADER[:2], "Stand", *HEADER[3:]])
    made = plan(again(settings), [one, other], Wishes())
    with pytest.raises(InboxError, match="columns are gone: 'Lage'") as refusal:
        start.rehearsals(again(settings), made, Wishes())
    assert "week2_2026-10-31.csv" in refusal.value.where
    assert "--name" in refusal.value.todo
    undated = export(tmp_path / "undated.csv", [*HEADER[:2], "Stand", *HEADER[3:]])
    with pytest.raises(InboxError, match="which day"):
        plan(again(settings), [undated], Wishes())


def test_a_person_is_asked_for_the_amount_and_the_owner_and_may_say_that_there_is_none(tmp_path: Path) -> None:
    file = export(tmp_path / "deals.csv")
    options = ["--home", str(tmp_path / "home"), *(part for pair in SAID.items() for part in ("--map", "=".join(pair)))]
    said = CliRunner().invoke(cli_start.start, [str(file), *options], input="\nAmount = Taler\nOwnerId =\nq\n").output
    first, second, third = said.split("Correct it by typing")[0:3]
    assert "To decide: no column is Amount (what each deal is worth); 'Taler' holds numbers (--map Amount=Taler;" in first
    assert "To decide: no column is OwnerId" in first
    assert "To decide: no column is Amount" not in second
    assert "To decide: no column is OwnerId" in second
    assert "To decide" not in third
    assert said.rstrip().endswith("Nothing was written.\nAborted!")
    assert not (tmp_path / "home" / "company").exists()


def test_a_try_that_cannot_be_loaded_leaves_what_was_confirmed_before(settings: Settings, tmp_path: Path) -> None:
    file = export(tmp_path / "deals.csv")
    first_try(settings, file, Wishes(columns={**SAID, "Amount": "Taler"}))
    before = deals_file(settings).read_bytes()
    made = plan(again(settings), [file], Wishes(columns={"Amount": "Tage"}))
    written = start.write(again(settings), made)
    assert deals_file(settings).read_bytes() != before
    start.take_back(made, written)
    assert deals_file(settings).read_bytes() == before


def test_a_damaged_record_of_an_earlier_try_is_refused_by_name(settings: Settings, tmp_path: Path) -> None:
    file = export(tmp_path / "deals.csv")
    first_try(settings, file, Wishes(columns=SAID))
    record = settings.home.started / "deals.json"
    record.write_text("{", encoding="utf-8")
    with pytest.raises(SalesOpsError, match="damaged") as refusal:
        plan(again(settings), [file], Wishes())
    assert refusal.value.where == str(record)


def test_several_open_stages_of_one_usual_chance_say_how_to_set_them(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from orchestration import start_messages

    made = plan(settings, [export(tmp_path / "deals.csv")], Wishes(columns=SAID))
    start_messages.show_proposal(made, settings)
    said = capsys.readouterr().out
    assert "nothing tells 2 open stages apart, so each has 50%" in said
    assert "stages.yml" in said
    assert "Missing: no column is Amount (what each deal is worth); 'Taler' holds numbers: --map Amount=Taler" in said
    assert dataclasses.asdict(made.proposal.stages[0])["is_usual"]


def test_the_guide_lists_the_columns_that_can_be_mapped() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "start.md").read_text(encoding="utf-8")
    listed = guide.split("takes these columns:")[1].split("Where the file")[0]
    assert {name.strip(" \n`") for name in listed.split(",")} == set(canonical.objects()["salesforce.Opportunity"].columns)
