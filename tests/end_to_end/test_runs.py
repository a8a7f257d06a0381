"""The command as its users meet it: good days and bad ones, with exit codes, messages, and the served version that stays."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import duckdb
import pytest

from serving.publish import current
from tests.end_to_end.conftest import HELD, Command, SampleRun
from warehouse import lock
from warehouse.home import Home


@pytest.fixture
def home(sample_run: SampleRun, tmp_path: Path) -> Home:
    """A copy of the sample's home, to break."""
    place = Home(tmp_path / "home")
    shutil.copytree(sample_run.home.root, place.root, symlinks=True)
    return place


def served(home: Home) -> dict[str, str]:
    """table -> content hash of what is served."""
    publication = current(home.serving)
    assert publication is not None
    return {table.full_name: table.hash for table in publication.tables}


def version(home: Home) -> str:
    publication = current(home.serving)
    assert publication is not None
    return publication.version


def test_the_run_prints_what_is_served_and_where_to_look(sample_run: SampleRun) -> None:
    for text in ("Published version 000001-", "kpi.rep_performance_month", "salesops query", "data_docs", "salesops ui"):
        assert text in sample_run.output


def test_a_second_run_without_new_files_loads_and_publishes_nothing(sample_run: SampleRun, salesops: Command) -> None:
    before, content = version(sample_run.home), served(sample_run.home)
    loads = (sample_run.home.ledger / "events.jsonl").read_text()
    started = time.monotonic()
    result = salesops("run", "--home", sample_run.home.root, expect=HELD)
    assert "Nothing to do" in result.stdout
    assert (version(sample_run.home), served(sample_run.home)) == (before, content)
    assert (sample_run.home.ledger / "events.jsonl").read_text() == loads
    assert time.monotonic() - started < 30


def test_a_delta_of_activities_publishes_what_a_full_refresh_would(home: Home, salesops: Command) -> None:
    newest = max((home.inbox / "salesforce").glob("Task_*.csv"))
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE (left(Id, 3) || 'ZZ' || substring(Id, 6) AS Id) FROM "
            f"read_csv('{newest}', all_varchar = true) LIMIT 20) TO '{newest.with_name('Task_2026-11-01.csv')}' (FORCE_QUOTE *)"
        )
    before = served(home)
    salesops("run", "--home", home.root, expect=HELD)
    grown = served(home)
    assert grown["core.fct_activity"] != before["core.fct_activity"]
    salesops("run", "--home", home.root, "--full-refresh", expect=HELD)
    assert served(home) == grown


def test_a_deleted_build_file_comes_back_with_equal_marts(home: Home, salesops: Command) -> None:
    before, name = served(home), version(home)
    home.build.unlink()
    salesops("run", "--home", home.root, expect=HELD)
    assert served(home) == before
    assert version(home) == name
    with duckdb.connect(str(home.build), read_only=True) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM kpi.daily_sales").fetchone() == (True,)


def test_a_bad_file_is_quarantined_by_name_while_the_rest_publishes(home: Home, salesops: Command) -> None:
    (home.inbox / "Lead_2026-11-01.csv").write_bytes('"Id","LastName"\n"1","Müller"\n'.encode("cp1252"))
    header = (home.inbox / "salesforce" / "Account_2026-10-31.csv").read_text().splitlines()[0].replace('"', "").split(",")
    row = {"Id": "001000000000ZZZAAA", "Name": "New & Sons <b>"}
    lines = (",".join(f'"{cell}"' for cell in cells) for cells in (header, [row.get(name, "") for name in header]))
    (home.inbox / "Account_2026-11-01.csv").write_text("\n".join(lines) + "\n")
    result = salesops("run", "--home", home.root, expect=2)
    assert "Lead_2026-11-01.csv" in result.stdout
    assert "not utf-8" in result.stdout
    found = salesops(
        "query", "--home", home.root, "--json", "select account_name from core.dim_account where account_name like 'New &%'"
    )
    assert json.loads(found.stdout) == [{"account_name": "New & Sons <b>"}]
    assert "Lead_2026-11-01.csv" in salesops("status", "--home", home.root).stdout
    again = salesops("run", "--home", home.root, expect=2)
    assert "Nothing to do" in again.stdout


def test_a_structural_defect_blocks_publishing_and_the_last_good_version_answers(home: Home, salesops: Command) -> None:
    before, content = version(home), served(home)
    with duckdb.connect(str(home.build)) as connection:
        connection.execute("UPDATE core.fct_opportunity SET amount = amount + 0.01 WHERE is_won AND is_counted AND amount > 0")
    result = salesops("validate", "--home", home.root, expect=15)
    assert "do not let the data be published" in result.stderr
    assert "What to do" in result.stderr
    assert salesops("publish", "--home", home.root, expect=15).stderr
    assert (version(home), served(home)) == (before, content)
    answer = salesops("query", "--home", home.root, "--csv", "select count(*) as n from kpi.daily_sales")
    assert answer.stdout.splitlines()[0] == "n"
    assert "failed" in salesops("status", "--home", home.root).stdout


def test_a_defect_after_the_checks_is_seen_by_publish(home: Home, salesops: Command) -> None:
    before = version(home)
    salesops("validate", "--home", home.root)
    with duckdb.connect(str(home.build)) as connection:
        connection.execute("DELETE FROM kpi.daily_sales WHERE revenue = 0")
    # Another as_of is another fingerprint, so this is a new version that has to be audited.
    result = salesops("publish", "--home", home.root, "--as-of", "2026-10-30", expect=16)
    assert "kpi.daily_sales" in result.stderr
    assert version(home) == before


def test_a_reader_may_hold_the_served_file_open(home: Home, salesops: Command) -> None:
    with duckdb.connect(str(home.serving / "current.duckdb"), read_only=True) as reader:
        (before,) = reader.execute("SELECT version FROM meta.publication").fetchone() or ("",)
        salesops("run", "--home", home.root, "--as-of", "2026-10-30", expect=HELD)
        assert reader.execute("SELECT version FROM meta.publication").fetchone() == (before,)
        assert reader.execute("SELECT count(*) > 0 FROM kpi.daily_sales").fetchone() == (True,)
    assert version(home) != before
    result = salesops("publish", "--home", home.root, "--rollback", "--reason", "wrong day")
    assert before in result.stdout
    assert version(home) == before
    assert "put version" in salesops("run", "--home", home.root, "--as-of", "2026-10-30", expect=HELD).stdout


def test_a_second_run_names_the_holder_of_the_build_file(home: Home, salesops: Command) -> None:
    (home.inbox / "Account_2026-11-01.csv").write_text('"Id","Name"\n"001000000000ZZZAAA","New"\n')
    before = version(home)
    with lock.build_lock(home, "the-nightly-run"):
        result = salesops("run", "--home", home.root, expect=13, SALESOPS_LOCK_WAIT_SECONDS="1")
    assert f"the-nightly-run (process {os.getpid()}" in result.stderr
    assert version(home) == before


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("run", "--inbox", "nowhere"), 11, "inbox does not exist"),
        (("run", "--sources", "nowhere"), 10, "company folder does not exist"),
        (("run", "--as-of", "31.10.2026"), 10, "not a date"),
        (("run", "--select", "kpi/no_such_mart"), 10, "--select"),
        (("query", "select * from kpi.daily_salse"), 10, "daily_sales"),
        (("query", "selec 1"), 10, "selec"),
        (("query", "drop table kpi.daily_sales"), 10, "read"),
        (("query", "--csv", "--json", "select 1"), 10, "exclude each other"),
        (("validate", "--accept", "no_such_rule", "--reason", "x"), 10, "no rule"),
        (("publish", "--rollback", "--to", "000099-abc"), 16, "000099-abc"),
        (("frobnicate",), 10, "No such command"),
    ],
)
def test_wrong_input_gets_one_readable_paragraph_and_its_code(
    sample_run: SampleRun, salesops: Command, arguments: tuple[str, ...], code: int, says: str
) -> None:
    before = version(sample_run.home)
    home = () if arguments[0] == "frobnicate" else ("--home", sample_run.home.root)
    result = salesops(arguments[0], *home, *arguments[1:], expect=None)
    assert (result.returncode, "Traceback" in result.stderr) == (code, False), result.stderr
    assert says in result.stderr
    assert version(sample_run.home) == before


def test_a_malformed_contract_is_named_with_file_line_and_key(home: Home, salesops: Command, tmp_path: Path) -> None:
    folder = tmp_path / "company" / "contracts"
    folder.mkdir(parents=True)
    (folder / "deals.yml").write_text("apiVersion: v3.1.0\nkind: DataContract\nid: x\nservers: []\nschema: 5\n")
    before = version(home)
    result = salesops("run", "--home", home.root, "--sources", folder.parent, expect=12)
    assert "deals.yml:" in result.stderr
    assert version(home) == before


def test_nothing_published_yet_says_so(salesops: Command, tmp_path: Path) -> None:
    assert "published" in salesops("query", "--home", tmp_path / "new", "select 1", expect=None).stderr
    assert "none yet" in salesops("status", "--home", tmp_path / "new").stdout


def test_an_empty_inbox_publishes_nothing_and_says_what_to_do(salesops: Command, tmp_path: Path) -> None:
    (tmp_path / "new" / "inbox").mkdir(parents=True)
    result = salesops("run", "--home", tmp_path / "new", expect=None)
    assert result.returncode == 11
    assert "What to do" in result.stderr


@pytest.mark.parametrize("command", ["run", "ingest"])
def test_a_mistyped_home_is_not_made(salesops: Command, tmp_path: Path, command: str) -> None:
    result = salesops(command, "--home", tmp_path / "hoome", expect=11)
    assert "no home here yet" in result.stderr
    assert not (tmp_path / "hoome").exists()
