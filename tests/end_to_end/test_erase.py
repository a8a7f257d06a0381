"""A person asks to be erased: nothing of them is left anywhere, and a re-sent export does not bring them back."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.conftest import ROOT, Command
from warehouse.home import Home
from warehouse.ledger import Ledger

LEADS = "salesforce/Lead_2026-10-03.csv"
PEOPLE = "encharge/people_2026-10-03.csv"


@dataclass(frozen=True)
class Erased:
    """A home from which a person was erased, what is known of the person, and what was served before."""

    home: Home
    email: str
    values: tuple[str, ...]
    originals: Path
    before: dict[str, tuple[object, ...]]
    output: str


@pytest.fixture(scope="module")
def erased(salesops: Command, tmp_path_factory: pytest.TempPathFactory) -> Erased:
    """Run, submit the plan, begin to erase, be killed in the middle, erase again."""
    home = Home(tmp_path_factory.mktemp("erased"))
    salesops("sample", home.inbox, "--scale", "0.02", "--seed", "7", "--company", home.company, "--truth", home.root / "truth")
    salesops("run", "--home", home.root, expect=None)
    salesops("plan", "submit", "--home", home.root, "--by", "Sales operations", "--reason", "test")
    email, values = _somebody(home)
    _write_about(home, email)
    originals = tmp_path_factory.mktemp("originals")
    shutil.copytree(home.inbox, originals, dirs_exist_ok=True)
    assert _hits(home, values)
    before = _served(home)
    _erase_and_kill(home, email)
    output = salesops("erase", "--home", home.root, "--yes", "--reason", "asked for it").stdout
    return Erased(home, email, values, originals, before, output)


def test_nothing_of_the_person_is_left_in_the_home(erased: Erased) -> None:
    assert "no hit in" in erased.output
    assert _hits(erased.home, erased.values) == []
    assert not (erased.home.root / "erasing.json").exists()


def test_the_chain_of_events_is_whole_and_keeps_a_proof_and_only_hashes(erased: Erased) -> None:
    events = Ledger(erased.home.ledger).events()
    assert [event.body["hits"] for event in events if event.kind == "erasure_proof"] == [0]
    hashes = [item for event in events if event.kind == "erasure" for item in event.body["hashes"]]
    assert {len(digest) for _, digest in hashes} == {64}
    assert {"email", "phone", "record"} <= {kind for kind, _ in hashes}


def test_the_marts_are_the_same_but_for_the_person(erased: Erased) -> None:
    assert _served(erased.home) == erased.before
    with duckdb.connect(str(erased.home.serving / "current.duckdb"), read_only=True) as connection:
        marked = connection.execute("SELECT count(*) FROM core.dim_lead WHERE email LIKE 'erased-%@erased.invalid'").fetchone()
    assert marked == (1,)


def test_only_the_version_without_the_person_is_kept(erased: Erased) -> None:
    assert len(list((erased.home.serving / "snapshots").glob("*.duckdb"))) == 1


def test_exports_that_are_sent_again_under_the_same_and_a_later_date_do_not_bring_the_person_back(
    erased: Erased, salesops: Command
) -> None:
    for name in (LEADS, PEOPLE):
        shutil.copy(erased.originals / name, erased.home.inbox / name)
        later = erased.home.inbox / name.replace("2026-10-03", "2026-11-01")
        later.write_bytes((erased.originals / name).read_bytes() + b"\n")
    assert _hits(erased.home, erased.values)
    salesops("run", "--home", erased.home.root, expect=None)
    assert _hits(erased.home, erased.values) == []
    assert _served(erased.home)["core.dim_lead"] == erased.before["core.dim_lead"]


def test_who_is_not_named_or_not_known_is_refused_by_its_own_code(erased: Erased, salesops: Command) -> None:
    salesops("erase", "--home", erased.home.root, expect=10)
    result = salesops("erase", "--home", erased.home.root, "00Q000000000000ZZZ", expect=10)
    assert "No person's record has this id" in result.stderr


def _somebody(home: Home) -> tuple[str, tuple[str, ...]]:
    """Somebody whom two systems know, with e-mail, telephone and name."""
    with (home.inbox / LEADS).open(encoding="utf-8", newline="") as file:
        leads = list(csv.DictReader(file))
    with (home.inbox / PEOPLE).open(encoding="utf-8", newline="") as file:
        known = {row["email"] for row in csv.DictReader(file)}
    names = [f"{lead['FirstName']} {lead['LastName']}" for lead in leads]
    for lead, name in zip(leads, names, strict=True):
        if lead["Email"] in known and lead["Phone"] and names.count(name) == 1 and lead["ConvertedContactId"]:
            return lead["Email"], (lead["Email"], lead["Phone"], name)
    raise AssertionError("the sample company has nobody to erase")


def _write_about(home: Home, email: str) -> None:
    """What people and programs leave behind: a log, a file for another system, a note that nobody claims."""
    home.outbox.mkdir(exist_ok=True)
    (home.outbox / "calls.csv").write_text(f"lead,note\n1,call {email}\n", encoding="utf-8")
    (home.dbt_logs / "old.log").write_text(f"rejected {email.upper()}\n", encoding="utf-8")
    (home.inbox / "note.txt").write_text(f"Ask <{email}>", encoding="utf-16")


def _erase_and_kill(home: Home, email: str) -> None:
    command = [sys.executable, "-m", "orchestration.cli", "erase", "--home", str(home.root), "--yes", email]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ledger = home.ledger / "events.jsonl"
    deadline = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < deadline and ledger.read_text().count('"kind":"redaction"') < 3:
        time.sleep(0.02)
    assert process.poll() is None, "it ended before it could be killed"
    process.send_signal(signal.SIGKILL)
    process.wait()


def _hits(home: Home, values: tuple[str, ...]) -> list[str]:
    """Files that hold a value, databases by their tables and by their bytes; written here anew, so that it proves something."""
    wanted = [value.lower() for value in values]
    found = []
    for path in sorted(home.root.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        texts = [data.decode("utf-8", "ignore"), data.decode("utf-16-le", "ignore")]
        if data[8:12] == b"DUCK":
            texts += _tables(path)
        elif data[:15] == b"SQLite format 3":
            with sqlite3.connect(path) as connection:
                texts.append("\n".join(connection.iterdump()))
        for text in texts:
            folded = text.lower()
            found += [f"{path.relative_to(home.root)}: {value}" for value in wanted if value in folded]
    return found


def _tables(path: Path) -> list[str]:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{path}' AS look (READ_ONLY)")
        names = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'look' AND NOT internal"
        ).fetchall()
        return [str(connection.execute(f'SELECT * FROM look."{schema}"."{table}"').fetchall()) for schema, table in names]


def _served(home: Home) -> dict[str, tuple[object, ...]]:
    """Rows and exact sums of every served mart."""
    found: dict[str, tuple[object, ...]] = {}
    with duckdb.connect(str(home.serving / "current.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE schema_name NOT IN ('meta', 'plan') AND NOT internal"
        ).fetchall()
        for schema, table in tables:
            money = [
                name
                for (name,) in connection.execute(
                    "SELECT column_name FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? "
                    "AND (data_type LIKE 'DECIMAL%' OR data_type = 'BIGINT')",
                    [schema, table],
                ).fetchall()
            ]
            sums = "".join(f', sum("{name}")' for name in money)
            row = connection.execute(f'SELECT count(*){sums} FROM "{schema}"."{table}"').fetchone()
            assert row is not None
            found[f"{schema}.{table}"] = row
    return {name: row for name, row in found.items() if not name.startswith("publication")}
