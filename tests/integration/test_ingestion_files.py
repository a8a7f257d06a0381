"""Files: claimed, stable, landed once, quarantined by name; nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ingestion import inbox as inbox_room
from ingestion import landing, load
from tests.integration.exports import OPPORTUNITY, Place, csv_text, opportunity
from warehouse import clock
from warehouse.errors import InboxError, StateError
from warehouse.ledger import Ledger

GOOD = csv_text(OPPORTUNITY, [opportunity(i) for i in range(40)])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "home")


def test_the_same_file_three_times_also_renamed_is_one_load(place: Place) -> None:
    place.drop("Opportunity_2026-01-05.csv", GOOD)
    assert place.outcome("Opportunity_2026-01-05.csv").status == "loaded"
    place.drop("salesforce/Opportunity_2026-01-05.csv", GOOD)
    report = place.ingest()
    assert {file.status for file in report.files} == {"known"}
    assert place.rows("SELECT count(*) FROM raw.salesforce__opportunity") == [(40,)]
    assert len(Ledger(place.home.ledger).events("load")) == 1


@pytest.mark.parametrize("what", ["written", "removed"])
def test_a_file_that_changes_while_it_is_read_leaves_nothing_behind(
    place: Place, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Also when the change comes after the last byte was read."""
    path = place.drop("Opportunity_2026-01-05.csv", GOOD)
    looked_over = load._looked_over

    def meanwhile(*arguments: Any) -> Any:
        found = looked_over(*arguments)
        path.write_text(GOOD[:-20], encoding="utf-8") if what == "written" else path.unlink()
        return found

    monkeypatch.setattr(load, "_looked_over", meanwhile)
    (file,) = place.ingest().files
    assert file.status == "growing"
    assert place.rows("SELECT count(*) FROM raw.salesforce__opportunity") == [(0,)]
    assert not Ledger(place.home.ledger).events("load")
    monkeypatch.undo()
    place.drop("Opportunity_2026-01-05.csv", GOOD)
    assert place.outcome("Opportunity_2026-01-05.csv").status == "loaded"
    (landed,) = [item for item in place.home.landing.iterdir() if item.read_text(encoding="utf-8") == GOOD]
    assert not os.access(landed, os.W_OK) or os.geteuid() == 0


def test_the_same_bytes_extracted_later_are_another_load(place: Place) -> None:
    place.drop("Opportunity_2026-01-05.csv", GOOD)
    place.drop("Opportunity_2026-01-06.csv", GOOD)
    place.ingest()
    assert place.rows("SELECT count(*), count(DISTINCT _extract_time) FROM raw.salesforce__opportunity") == [(80, 2)]


def test_a_growing_file_is_left_alone_until_it_is_stable(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    path = place.drop("Opportunity_2026-01-05.csv", GOOD[:500])
    os.utime(path)
    monkeypatch.setattr(clock, "pause", lambda _: path.write_text(GOOD))
    assert place.outcome("Opportunity_2026-01-05.csv").status == "growing"
    assert not any(place.home.landing.iterdir())
    monkeypatch.setattr(clock, "pause", lambda _: None)
    assert place.outcome("Opportunity_2026-01-05.csv").status == "loaded"


def test_only_young_files_are_looked_at_twice(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(clock, "pause", waits.append)
    place.drop("Opportunity_2026-01-05.csv", GOOD)
    place.ingest()
    assert waits == []
    place.drop("Opportunity_2026-01-06.csv", GOOD)
    os.utime(place.inbox / "Opportunity_2026-01-06.csv", (time.time() - 5, time.time() - 5))
    place.ingest()
    assert waits == [inbox_room.SECOND_LOOK_SECONDS]


def test_files_nobody_claims_are_reported_and_folders_are_not_entered(place: Place) -> None:
    place.drop("notes.txt", "hello")
    place.drop("archive/Opportunity_2026-01-05.csv", GOOD)
    report = place.ingest()
    assert report.unclaimed == ["notes.txt"]
    assert report.files == []


def test_a_symbolic_link_is_refused_and_not_read(place: Place, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(GOOD)
    (place.inbox / "Opportunity_2026-01-05.csv").symlink_to(secret)
    outcome = place.outcome("Opportunity_2026-01-05.csv")
    assert outcome.status == "refused"
    assert "symbolic link" in outcome.reason
    assert not any(place.home.landing.iterdir())


def test_hostile_names_are_only_names(place: Place) -> None:
    place.drop("Opportunity_glob[1]x.csv", GOOD)
    place.drop("Opportunity_1x.csv", csv_text(OPPORTUNITY, [opportunity(999)]))
    place.drop("Opportunity_a'; drop table x;--.csv", csv_text(OPPORTUNITY, [opportunity(500)]))
    assert {file.status for file in place.ingest().files} == {"loaded"}
    assert place.rows("SELECT count(*) FROM raw.salesforce__opportunity") == [(42,)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "no header"),
        ('"Id","StageName"\n"1","Müller “€5”"\n'.encode("cp1252"), "not utf-8"),
        ('"Id","StageName"\n"1","x"\n'.encode("utf-16"), "NUL"),
        (b'"Id","Name"\n"1","x"\n', "'StageName' is missing"),
        (b'"Id","StageName","id"\n"1","x","2"\n', "twice"),
        (b'"Id","StageName"\n"1","x"\n"2","cut in the mid', "quote is not closed"),
        (b'"Id","StageName","CloseDate"\n"1","x","not a date"\n', "not a date"),
    ],
    ids=["empty", "no-header", "cp1252", "utf-16", "missing-column", "doubled-column", "cut-in-a-quote", "type"],
)
def test_a_file_that_does_not_match_is_quarantined_by_name_while_others_load(place: Place, content: bytes, reason: str) -> None:
    place.drop("Opportunity_2026-01-04.csv", content)
    place.drop("Opportunity_2026-01-05.csv", GOOD)
    report = place.ingest()
    bad, good = report.files
    assert (bad.status, good.status) == ("quarantined", "loaded")
    assert reason in bad.reason
    assert place.rows("SELECT count(*) FROM raw.salesforce__opportunity") == [(40,)]
    again = place.outcome("Opportunity_2026-01-04.csv")
    assert (again.status, again.reason) == ("quarantined", bad.reason)
    assert len(Ledger(place.home.ledger).events("quarantine")) == 1


def test_header_only_is_a_load_of_nothing(place: Place) -> None:
    place.drop("Opportunity_2026-01-05.csv", csv_text(OPPORTUNITY, []))
    outcome = place.outcome("Opportunity_2026-01-05.csv")
    assert outcome.status == "loaded"
    assert [(count.read, count.rows) for count in outcome.counts] == [(0, 0)]


def test_a_bad_extract_time_is_a_quarantine(place: Place) -> None:
    place.drop("Opportunity_2026-13-05.csv", GOOD)
    assert "extract time" in place.outcome("Opportunity_2026-13-05.csv").reason


def test_a_missing_inbox_says_so(place: Place) -> None:
    place.inbox.rmdir()
    with pytest.raises(InboxError, match="does not exist"):
        place.ingest()


def test_the_build_file_is_rebuilt_from_landing_even_when_the_inbox_is_empty(place: Place) -> None:
    place.drop("Opportunity_2026-01-05.csv", GOOD)
    place.drop("Account_2026-01-05.csv", csv_text(("Id", "Name"), [("1", "a")]))
    place.ingest()
    before = place.content()
    for path in place.inbox.glob("*.csv"):
        path.unlink()
    place.home.build.unlink()
    assert {file.status for file in place.ingest().files} == {"loaded"}
    assert place.content() == before
    assert len(Ledger(place.home.ledger).events("load")) == 2


def test_a_landed_file_that_changed_is_noticed(place: Place) -> None:
    place.drop("Opportunity_2026-01-05.csv", GOOD)
    place.ingest()
    (landed,) = place.home.landing.iterdir()
    landed.chmod(0o644)
    landed.write_text(GOOD + "x")
    with pytest.raises(StateError, match="changed after it landed"):
        landing.find(place.home.landing, landed.name)


def test_writing_the_export_again_in_place_does_not_change_what_landed(place: Place) -> None:
    path = place.drop("Opportunity_2026-01-05.csv", GOOD)
    place.ingest()
    path.write_text("something else")
    (landed,) = place.home.landing.iterdir()
    assert landed.read_text() == GOOD


HOSTILE = [
    'x"; DROP TABLE raw.salesforce__account; --',
    "{{ 7 * 7 }} {% raw %}",
    "<script>alert(1)</script>",
    "'); --",
    "$.a[*]",
    "a,b",
]


def test_sql_jinja_and_html_in_headers_and_values_are_only_text(place: Place) -> None:
    rows = [[str(number), value, *HOSTILE] for number, value in enumerate(HOSTILE)]
    place.drop("Account_2026-01-05.csv", csv_text(["Id", "Name", *HOSTILE], rows))
    place.drop(
        "encharge/events_2026-01-05.jsonl",
        json.dumps({"type": HOSTILE[0], "person": HOSTILE[2], "timestamp": 1767225600000} | dict.fromkeys(HOSTILE, "v")) + "\n",
    )
    assert {file.status for file in place.ingest().files} == {"loaded"}
    assert [name for (name,) in place.rows('SELECT "Name" FROM raw.salesforce__account ORDER BY "Id"')] == HOSTILE
    (extra,) = place.rows("SELECT DISTINCT _extra FROM raw.salesforce__account")
    assert json.loads(extra[0]) == dict(zip(HOSTILE, HOSTILE, strict=True))
    (event,) = place.rows("SELECT type, person, _extra FROM raw.encharge__events")
    assert (event[0], event[1], json.loads(event[2])) == (HOSTILE[0], HOSTILE[2], dict.fromkeys(HOSTILE, "v"))


def test_a_long_line_and_2000_columns_are_read_whole_in_less_than_a_gigabyte(place: Place) -> None:
    long = "ü" * 1_500_000
    names = [f"column {number}" for number in range(2_000)]
    place.drop("Account_2026-01-05.csv", csv_text(["Id", "Name"], [["1", long], ["2", "short"]]))
    place.drop("Account_2026-01-06.csv", csv_text(["Id", "Name", *names], [[str(i), "n", *names] for i in range(10, 60)]))
    place.drop(
        "Account_2026-01-07.csv", csv_text(["Id", "Name"], [["3", "x" * 5_000_000], *([str(i), "n"] for i in range(100, 140))])
    )
    code = (
        "import resource, sys; from pathlib import Path; from ingestion import contract_reader, ingest;"
        "from warehouse.home import Home; home = Home(Path(sys.argv[1]));"
        "ingest.ingest(home, contract_reader.read_all(), home.inbox);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(place.home.root)], capture_output=True, text=True, check=True)
    assert int(done.stdout) * 1024 < 1_000_000_000
    report = place.ingest()
    assert [file.status for file in report.files] == ["known"] * 3
    assert place.rows('SELECT length("Name") FROM raw.salesforce__account WHERE "Id" = \'1\'') == [(1_500_000,)]
    (extra,) = place.rows("SELECT _extra FROM raw.salesforce__account WHERE \"Id\" = '10'")
    assert json.loads(extra[0]) == {name: name for name in names}
    assert [(reject.line, "longer than a line may be" in reject.reason) for reject in report.rejects] == [(2, True)]
