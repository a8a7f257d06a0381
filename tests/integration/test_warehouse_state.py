"""Ledger, lock, configuration and content hash: what every run leans on."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse import company, config_tables, database, lock
from warehouse.errors import ConfigurationError, LockedError, StateError
from warehouse.home import Home
from warehouse.ledger import GENESIS, Ledger

ROOT = Path(__file__).resolve().parents[2]


def test_the_ledger_is_a_chain(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    assert ledger.head() == GENESIS
    ledger.append_all([("load", {"n": 1}), ("decision", {"n": "zwei\nLines"})])
    ledger.append("load", {"n": 3})
    assert [event.body["n"] for event in ledger.events("load")] == [1, 3]
    assert ledger.head() == ledger.events()[-1].hash


@pytest.mark.parametrize("damage", ["change", "remove", "swap"])
def test_a_touched_ledger_is_noticed_with_its_line(tmp_path: Path, damage: str) -> None:
    ledger = Ledger(tmp_path / "ledger")
    for number in range(4):
        ledger.append("load", {"n": number})
    lines = ledger.file.read_text().splitlines(keepends=True)
    if damage == "change":
        lines[1] = lines[1].replace('"n":1', '"n":7')
    elif damage == "remove":
        del lines[1]
    else:
        lines[1], lines[2] = lines[2], lines[1]
    ledger.file.write_text("".join(lines))
    with pytest.raises(StateError, match=r"events\.jsonl:2"):
        ledger.events()


def test_a_line_that_a_dying_process_left_unfinished_never_happened(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.append("load", {"n": 1})
    with ledger.file.open("a") as file:
        file.write('{"seq":1,"at":"2026')
    assert len(ledger.events()) == 1
    ledger.append("load", {"n": 2})
    assert [event.body["n"] for event in ledger.events()] == [1, 2]


def test_a_second_run_waits_then_names_the_holder(tmp_path: Path) -> None:
    home = Home(tmp_path)
    code = "import sys,time; from warehouse.home import Home; from pathlib import Path; from warehouse import lock\n"
    code += f"with lock.build_lock(Home(Path({str(tmp_path)!r})), 'first'): print('held', flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert lock.is_alive(home, "first") is True
        started = time.monotonic()
        with pytest.raises(LockedError, match=rf"run first \(process {other.pid}"), lock.build_lock(home, "second", 0.3):
            pass
        assert time.monotonic() - started >= 0.3
    finally:
        other.kill()
        other.wait()
    with lock.build_lock(home, "third", 5):
        assert lock.is_alive(home, "first") is False
        assert lock.is_alive(home, "never started") is None


def test_the_content_hash_ignores_order_and_sees_every_difference() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA s")
        hashes = {}
        for name, rows in {
            "a": "(1, 'x'), (2, NULL), (2, NULL)",
            "b": "(2, NULL), (1, 'x'), (2, NULL)",
            "c": "(1, 'x'), (2, NULL), (3, NULL)",
            "d": "(1, 'x'), (1, 'x'), (2, NULL)",
        }.items():
            connection.execute(f"CREATE TABLE s.{name} AS SELECT * FROM (VALUES {rows}) AS t(n, v)")
            hashes[name] = database.table_hash(connection, f"s.{name}")
        connection.execute("CREATE TABLE s.e AS SELECT n AS m, v FROM s.a")
        assert hashes["a"] == hashes["b"]
        assert len({hashes["a"], hashes["c"], hashes["d"], database.table_hash(connection, "s.e")}) == 4
        with pytest.raises(StateError, match="There is no table"):
            database.table_hash(connection, "s.missing")


def test_a_build_file_that_another_process_holds_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "build.duckdb"
    code = "import duckdb,time\n"
    code += f"c=duckdb.connect({str(path)!r}); c.execute('create table t(i int)'); print('open', flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(LockedError, match="Another program has the database file open"):
            database.connect(path)
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        (
            "stages.yml",
            "stages:\n  - {stage: A, type: opne, probability: 0.5, forecast_category: x}\n",
            "stages.yml:2, key stages[0].type",
        ),
        ("stages.yml", "stages:\n  - {stage: A, type: open, probability: 50, forecast_category: x}\n", "stages[0].probability"),
        (
            "stages.yml",
            "stages:\n  - {stage: A, type: open, probability: 0.5, forecast_category: x}\n",
            "No stage has the type won",
        ),
        ("segments.yml", "segments: []\nrules:\n  - {segment: big, field: any}\n", "segments.yml:3"),
        ("calendar.yml", "timezone: Mars/North\n", "calendar.yml"),
        ("team.yml", "rep_roles: [a]\nramp: [2]\n", "team.yml:2"),
        ("staegs.yml", "stages: []\n", "is not known"),
        ("activities.yml", "rules: {\n", "not valid YAML"),
    ],
)
def test_a_wrong_business_file_is_refused_with_file_line_and_key(tmp_path: Path, file: str, content: str, says: str) -> None:
    (tmp_path / "business").mkdir()
    (tmp_path / "business" / file).write_text(content)
    with pytest.raises(ConfigurationError) as refused:
        company.load(tmp_path)
    assert says in str(refused.value)
    assert "What to do" in str(refused.value)


def test_the_parameters_become_typed_tables(tmp_path: Path) -> None:
    with database.connect(tmp_path / "x.duckdb") as connection:
        config_tables.write(connection, company.load(), dt.date(2026, 10, 31))
        config_tables.write(connection, company.load(), dt.date(2026, 11, 1))
        assert connection.execute("SELECT as_of, reporting_currency FROM config.run_context").fetchall() == [
            (dt.date(2026, 11, 1), "USD")
        ]
        assert connection.execute("SELECT count(*) FROM config.stage WHERE stage_type = 'won'").fetchone() == (1,)


@given(st.lists(st.integers(0, 100), max_size=5))
def test_a_hash_of_nothing_is_not_a_hash_of_something(values: list[int]) -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA s; CREATE TABLE s.t (n INTEGER)")
        empty = database.table_hash(connection, "s.t")
        for value in values:
            connection.execute("INSERT INTO s.t VALUES (?)", [value])
        assert (database.table_hash(connection, "s.t") == empty) == (not values)


def test_a_home_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="--home"):
        Home(tmp_path / "file" / "home").create()
    assert (tmp_path / "file").is_file()
