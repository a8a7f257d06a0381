"""Files that can be read and are held all the same: a column lost, a snapshot of another size; and what people decide."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ingestion import ingest, quarantine
from ingestion.contract import Contract
from orchestration.cli import main
from tests.integration.contracts_made import deals
from tests.integration.exports import Place, csv_text
from warehouse.errors import ConfigurationError

HEADER = ("Id", "StageName", "Amount", "CreatedDate", "LastModifiedDate")


def rows(count: int, first: int = 0, stage: str = "Open") -> list[tuple[str, ...]]:
    return [(str(i), stage, "5", "2026-01-01", "2026-01-01") for i in range(first, first + count)]


def table(count: int, first: int = 0, leave_out: str = "", **changes: str) -> str:
    header = [changes.get(name, name) for name in HEADER if name != leave_out]
    kept = [i for i, name in enumerate(HEADER) if name != leave_out]
    return csv_text(header, [[row[i] for i in kept] for row in rows(count, first)])


def contract(tmp_path: Path, **said: Any) -> Contract:
    return deals(tmp_path / "contracts", only=HEADER, **said)


def place(tmp_path: Path, **said: Any) -> Place:
    return Place(tmp_path / "home", [contract(tmp_path, **said)])


def name(day: int) -> str:
    return f"deals_2026-03-{day:02}.csv"


def test_a_column_that_the_files_before_had_holds_the_file_and_names_what_is_new_in_it(tmp_path: Path) -> None:
    home = place(tmp_path)
    home.drop(name(1), table(3))
    home.drop(name(2), table(3, leave_out="Amount"))
    home.drop(name(3), table(3, Amount="Amount (EUR)"))
    home.drop(name(4), table(3))
    first, missing, renamed, last = home.ingest().files
    assert (first.status, missing.status, renamed.status, last.status) == ("loaded", "held", "held", "loaded")
    assert missing.reason == "the column 'Amount', which the files before it have, is missing"
    assert renamed.reason == f"{missing.reason}; new in it: 'Amount (EUR)' (renamed?)"
    assert home.rows('SELECT count(*), count("Amount") FROM raw.salesforce__opportunity') == [(6, 6)]
    again = home.ingest()
    assert [file.status for file in again.files] == ["known", "held", "held", "known"]
    assert ingest.held(home.home, home.contracts, home.inbox).files == {name(2): missing.reason, name(3): renamed.reason}


def test_a_column_that_is_new_or_stands_elsewhere_is_no_reason_to_hold(tmp_path: Path) -> None:
    home = place(tmp_path)
    home.drop(name(1), table(3, leave_out="Amount"))
    header = [*reversed(HEADER), "Region__c"]
    home.drop(name(2), csv_text(header, [[*reversed(row), "EMEA"] for row in rows(3, 10)]))
    outcomes = home.ingest().files
    assert [file.status for file in outcomes] == ["loaded", "loaded"]
    assert (outcomes[0].absent, outcomes[1].extra) == (("Amount",), ("Region__c",))
    found = home.rows('SELECT DISTINCT "Amount", _extra FROM raw.salesforce__opportunity WHERE _extra IS NOT NULL')
    assert [(str(amount), extra) for amount, extra in found] == [("5.00", '{"Region__c":"EMEA"}')]


def test_a_type_that_changes_at_row_60_000_is_rejected_from_there_or_quarantined_whole(tmp_path: Path) -> None:
    home = place(tmp_path)
    good = rows(60_000)
    few = [(str(i), "Open", "five", "2026-01-01", "2026-01-01") for i in range(60_000, 61_000)]
    many = [(str(i), "Open", "five", "2026-01-01", "2026-01-01") for i in range(60_000, 70_000)]
    home.drop(name(1), csv_text(HEADER, [*good, *few]))
    home.drop(name(2), csv_text(HEADER, [*good, *many]))
    report = home.ingest()
    assert [file.status for file in report.files] == ["loaded", "quarantined"]
    assert [report.rejects[0].line, len(report.rejects)] == [60_002, 1_000]
    assert "10,000 of 70,000 records cannot be read, more than 5%" in report.files[1].reason
    assert "five" not in report.files[1].reason, "the ledger keeps reasons for good; a value may have to be erased"
    assert home.rows("SELECT count(*), count(DISTINCT _extract_time) FROM raw.salesforce__opportunity") == [(60_000, 1)]


@pytest.mark.parametrize(("share", "status"), [(0.02, "quarantined"), (0.05, "loaded"), (1, "loaded")])
def test_the_share_of_rejected_records_is_the_contracts(tmp_path: Path, share: float, status: str) -> None:
    home = place(tmp_path, maxRejectedShare=share)
    home.drop(name(1), csv_text(HEADER, [*rows(39), ("99", "Open", "five", "", "")]))
    assert home.outcome(name(1)).status == status


@pytest.mark.parametrize("delivery", ["full", "delta", "events"])
def test_from_the_eighth_full_snapshot_on_another_size_is_held_and_other_deliveries_only_say_so(
    tmp_path: Path, delivery: str
) -> None:
    home = place(tmp_path, delivery=delivery)
    sizes = [10, 12, 10, 11, 9, 10, 10, 4, 15, 16, 10]
    for day, size in enumerate(sizes, start=1):
        home.drop(name(day), table(size))
    outcomes = {file.name: file for file in home.ingest().files}
    odd = {name(8), name(10)}
    assert {file for file, outcome in outcomes.items() if outcome.status == "held"} == (odd if delivery == "full" else set())
    word = {file for file, outcome in outcomes.items() if outcome.warning}
    assert word == (set() if delivery == "full" else odd)
    if delivery == "full":
        assert (
            outcomes[name(8)].reason == "4 records, where the 7 before it have 10 in the middle (50% to 150% of that are usual)"
        )


@pytest.mark.parametrize(("delivery", "status"), [("full", "held"), ("delta", "loaded"), ("events", "loaded")])
def test_no_record_today_is_said_and_as_a_full_snapshot_held(tmp_path: Path, delivery: str, status: str) -> None:
    home = place(tmp_path, delivery=delivery)
    home.drop(name(1), table(3))
    home.drop(name(2), table(0))
    outcome = home.ingest().files[1]
    assert (outcome.status, "no record" in outcome.reason + outcome.warning) == (status, True)


def test_a_column_that_becomes_empty_is_said_and_one_that_always_was_is_not(tmp_path: Path) -> None:
    home = place(tmp_path)
    home.drop(name(1), csv_text(HEADER, [("1", "Open", "5", "2026-01-01", "")]))
    home.drop(name(2), csv_text(HEADER, [("1", "Open", "", "2026-01-01", "")]))
    home.drop(name(3), csv_text(HEADER, [("1", "Open", "", "2026-01-01", "")]))
    warnings = [file.warning for file in home.ingest().files]
    assert warnings == ["", "without any value, unlike before: Amount", ""]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_what_is_held_does_not_depend_on_which_file_came_first(tmp_path: Path, order: tuple[int, ...]) -> None:
    files = {name(day): table(10, day) for day in range(1, 8)} | {
        name(8): table(3),
        name(9): table(12),
        name(10): table(10, leave_out="Amount"),
    }
    parts = [dict(list(files.items())[i::4]) for i in range(4)]
    homes = [place(tmp_path / "a", delivery="full"), place(tmp_path / "b", delivery="full")]
    for file, content in files.items():
        homes[0].drop(file, content)
    homes[0].ingest()
    for index in order:
        for file, content in parts[index].items():
            homes[1].drop(file, content)
        homes[1].ingest()
    held = [ingest.held(home.home, home.contracts, home.inbox).files for home in homes]
    assert held[0] == held[1]
    assert set(held[0]) == {name(8), name(10)}
    assert homes[0].content() == homes[1].content()
    assert homes[0].rows("SELECT * FROM meta.full_load ORDER BY ALL") == homes[1].rows(
        "SELECT * FROM meta.full_load ORDER BY ALL"
    )


def test_a_snapshot_that_was_not_read_whole_deletes_nobody(tmp_path: Path) -> None:
    home = place(tmp_path, delivery="full")
    home.drop(name(1), table(40))
    home.drop(name(2), csv_text(HEADER, [*rows(39), ("39", "Open", "five", "", "")]))
    home.drop(name(3), csv_text(HEADER, [*rows(40), ("39", "Open", "6", "2026-01-01", "2026-01-02")]))
    home.drop(name(4), table(40, leave_out="Amount"))
    home.ingest()
    moments = home.rows("SELECT table_name, _source, CAST(_extract_time AS DATE)::VARCHAR FROM meta.full_load ORDER BY 3")
    assert moments == [("salesforce__opportunity", "mine", f"2026-03-0{day}") for day in (1, 3)]


def command(home: Place, *arguments: str) -> Result:
    # As wide as no table needs.
    return CliRunner(env={"COLUMNS": "300"}).invoke(main, [*arguments[:2], "--home", str(home.home.root), *arguments[2:]])


@pytest.fixture
def crowded(tmp_path: Path) -> Place:
    """A home with a held file, an unreadable one, and one with a rejected record of two lines."""
    home = place(tmp_path)
    company = home.home.company / "contracts"
    company.mkdir(parents=True)
    (company / "mine.yml").write_text(contract(tmp_path).file.read_text(encoding="utf-8"), encoding="utf-8")
    home.drop(name(1), table(3))
    home.drop(name(2), table(3, leave_out="Amount"))
    home.drop(name(3), "\0")
    home.drop(name(4), csv_text(HEADER, [*rows(40), ("99", "Open\nlate", "five", "2026-01-01", "2026-01-01")]))
    home.ingest()
    return home


def test_the_list_says_what_is_held_back_and_why(crowded: Place) -> None:
    shown = command(crowded, "quarantine", "list")
    assert shown.exit_code == 2
    for words in (name(2), "held", "'Amount'", name(3), "quarantined", "NUL", name(4), "rows", "1 of 41 records rejected"):
        assert words in shown.output
    listed = json.loads(command(crowded, "quarantine", "list", "--json").output)
    assert [(entry["file"], entry["state"], entry["rejected"]) for entry in listed] == [
        (name(2), "held", 0),
        (name(3), "quarantined", 0),
        (name(4), "rows", 1),
    ]


def test_show_gives_line_column_value_and_reason_and_the_records_to_mend(crowded: Place) -> None:
    shown = command(crowded, "quarantine", "show", name(4))
    assert shown.exit_code == 0
    for words in ("42", "Amount", "five", "not an amount", "salesops quarantine discard", "--records"):
        assert words in shown.output
    table_of_rejects = command(crowded, "quarantine", "show", name(4), "--csv").output
    assert table_of_rejects.splitlines()[1].split(",")[:3] == ["42", "Amount", "five"]
    mended = command(crowded, "quarantine", "show", name(4), "--records").output
    assert mended == ",".join(HEADER) + '\n"99","Open\nlate","five","2026-01-01","2026-01-01"\n'
    crowded.drop("deals_2026-03-04.csv".replace("deals_", "deals_mended_"), mended.replace("five", "5"))
    crowded.ingest()
    assert crowded.rows('SELECT "Amount" FROM raw.salesforce__opportunity WHERE "Id" = \'99\'') != []


def test_an_unknown_file_is_answered_with_the_nearest(crowded: Place) -> None:
    wrong = command(crowded, "quarantine", "show", "deals_2026-03-2.csv")
    assert wrong.exit_code == 10
    assert f"did you mean {name(2)}" in wrong.output


def test_a_held_file_is_accepted_with_a_reason_and_counts_from_then_on(crowded: Place) -> None:
    assert command(crowded, "quarantine", "retry", name(2), "--accept").exit_code == 10
    before = crowded.rows("SELECT count(*) FROM raw.salesforce__opportunity")
    done = command(crowded, "quarantine", "retry", name(2), "--accept", "--reason", "the CRM dropped it")
    assert done.exit_code == 0, done.output
    assert crowded.rows("SELECT count(*) FROM raw.salesforce__opportunity") == [(before[0][0] + 3,)]
    crowded.home.build.unlink()
    crowded.ingest()
    assert crowded.rows("SELECT count(*) FROM raw.salesforce__opportunity") == [(before[0][0] + 3,)]


def test_a_retry_without_a_fix_says_that_nothing_changed(crowded: Place) -> None:
    done = command(crowded, "quarantine", "retry")
    assert done.exit_code == 2
    assert "0 of 3 are held back no more" in done.output


def test_a_mended_contract_drives_the_same_rows_again(crowded: Place) -> None:
    file = crowded.home.company / "contracts" / "mine.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("customProperties:\n", "customProperties:\n- {property: nullWords, value: [five]}\n", 1), encoding="utf-8"
    )
    done = command(crowded, "quarantine", "retry", name(4))
    assert done.exit_code == 0, done.output
    assert crowded.rows('SELECT "Amount", "StageName" FROM raw.salesforce__opportunity WHERE "Id" = \'99\'') == [
        (None, "Open\nlate")
    ]


def test_what_is_discarded_is_held_back_no_more_until_it_is_tried_again(crowded: Place) -> None:
    for file in (2, 3, 4):
        assert command(crowded, "quarantine", "discard", name(file), "--reason", "a test export").exit_code == 0
    assert command(crowded, "quarantine", "list").output == "Nothing is held back.\n"
    assert command(crowded, "quarantine", "list", "--all").output.count("a test export") == 3
    kept = ingest.held(crowded.home, crowded.contracts, crowded.inbox)
    assert (kept.files, kept.rejected) == ({}, 0)
    assert crowded.rows("SELECT count(*) FROM raw.salesforce__opportunity WHERE _extract_time = '2026-03-04'") == [(40,)]
    entry = quarantine.find(crowded.home, crowded.contracts, name(2))
    assert command(crowded, "quarantine", "retry", entry.id).exit_code == 2
    assert name(2) in command(crowded, "quarantine", "list").output


@pytest.mark.parametrize(
    "wrong",
    [
        lambda home: quarantine.find(home.home, home.contracts, "nothing.csv"),
        lambda home: quarantine.decide(home.home, quarantine.find(home.home, home.contracts, name(2)), "discard", " ", "me"),
        lambda home: quarantine.decide(home.home, quarantine.find(home.home, home.contracts, name(4)), "accept", "so", "me"),
    ],
)
def test_decisions_that_cannot_be_meant_are_refused(crowded: Place, wrong: Callable[[Place], object]) -> None:
    with pytest.raises(ConfigurationError):
        wrong(crowded)
