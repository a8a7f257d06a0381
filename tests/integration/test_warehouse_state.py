"""Ledger, lock, configuration and content hash: what every run leans on."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse import company, config_tables, database, lock
from warehouse.errors import ConfigurationError, LockedError, StateError
from warehouse.files import write_whole
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


@pytest.mark.parametrize("odd", [*"\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\x00", "\r\n", "\U0001f600"])
def test_any_text_is_kept_as_it_was(tmp_path: Path, odd: str) -> None:
    ledger = Ledger(tmp_path / "ledger")
    for number in range(2):
        ledger.append("quarantine", {"reason": f"the header is a{odd}b", "n": number})
    assert [event.body for event in ledger.events()] == [{"reason": f"the header is a{odd}b", "n": n} for n in range(2)]


def test_what_is_read_and_appended_under_one_hold_belongs_together(tmp_path: Path) -> None:
    def count_up(_: int) -> None:
        own = Ledger(tmp_path / "ledger")
        with own.locked():
            own.append("count", {"n": len(own.events("count"))})

    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(count_up, range(40)))
    assert [event.body["n"] for event in Ledger(tmp_path / "ledger").events()] == list(range(40))


def test_a_ledger_that_cannot_be_read_is_a_refusal(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger")
    ledger.file.mkdir(parents=True)
    with pytest.raises(StateError, match="cannot be read"):
        ledger.events()
    with pytest.raises(StateError, match="cannot be read"):
        ledger.append("load", {})


def test_several_writers_of_one_file_never_show_half_of_it(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    write_whole(target, b"0" * 300_000)
    stale = tmp_path / "out.csv.1-dead.new"
    stale.write_text("half")
    os.utime(stale, (0, 0))
    seen = set()
    with ThreadPoolExecutor(max_workers=4) as pool:
        writes = [pool.submit(write_whole, target, str(n % 10).encode() * 300_000) for n in range(200)]
        while not all(write.done() for write in writes):
            content = target.read_bytes()
            seen.add((len(content), len(set(content))))
    for write in writes:
        write.result()
    assert seen == {(300_000, 1)}
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


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
        ("calendar.yml", "holidays: {2026-02-30: x}\n", "day is out of range"),
        ("calendar.yml", "holidays: !!python/object:os.system {}\n", "not valid YAML"),
        ("team.yml", "a: &a [*a]\n", "team.yml"),
        ("team.yml", "rep_rolls: [a]\nramp: [0.5]\n", "The key 'rep_rolls' is not known"),
        ("segments.yml", "segments: [{id: a, name: A}, {id: a, name: B}]\nrules: []\n", "key segments[1]"),
        ("segments.yml", "segments: [{id: all, name: A}]\nrules: []\n", "key segments[0].id"),
        ("segments.yml", "segments: []\nrules: [{field: any, min: 5, below: 5}]\n", "no number is at least 5 and below 5"),
        (
            "forecast.yml",
            "horizon_months: 12\nseason_months: 12\nheld_out_months: 12\nmin_history_months: 12\n",
            "14 or more leave two months",
        ),
    ],
)
def test_a_wrong_business_file_is_refused_with_file_line_and_key(tmp_path: Path, file: str, content: str, says: str) -> None:
    (tmp_path / "business").mkdir()
    (tmp_path / "business" / file).write_text(content)
    with pytest.raises(ConfigurationError) as refused:
        company.load(tmp_path)
    assert says in str(refused.value)
    assert "What to do" in str(refused.value)


@pytest.mark.parametrize(
    ("file", "found", "instead", "says"),
    [
        ("plan.yml", "cost: 130000", "cost: .inf", "levers[0].cost"),
        ("plan.yml", "cost: 130000", "cost: 1.0e+20", "levers[0].cost"),
        ("plan.yml", "lead_time_days: 150", "lead_time_days: 2000000000", "levers[0].lead_time_days"),
        ("plan.yml", "effect: own_capacity, value: 1,", "effect: own_capacity, value: 1000,", "own_capacity is a multiple"),
        ("plan.yml", "name: VP Sales", 'name: " "', "approvers[0].name"),
        ("capacity.yml", "attrition_weight: ", "attrition_weight: .nan #", "sales.attrition_weight"),
        ("capacity.yml", "time_to_fill_days: ", "time_to_fill_days: 800000 #", "sales.time_to_fill_days"),
        ("scoring.yml", "half_life_days: 30,", "half_life_days: -1,", "behaviour[0].half_life_days"),
        ("scoring.yml", "visits: 25", "visits: -25", "caps.visits"),
        ("scoring.yml", "C: 20", "C: 40", "two grades start at the same score"),
        ("scoring.yml", "C: 20", "C: .nan", "grades.C"),
    ],
)
def test_a_number_that_no_plan_can_use_is_refused(tmp_path: Path, file: str, found: str, instead: str, says: str) -> None:
    built_in = (company.BUILT_IN / file).read_text("utf-8")
    assert found in built_in
    (tmp_path / "business").mkdir()
    (tmp_path / "business" / file).write_text(built_in.replace(found, instead, 1))
    with pytest.raises(ConfigurationError) as refused:
        company.load(tmp_path)
    assert says in str(refused.value)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("kind", ["file", "broken link", "folder for a file"])
def test_business_files_that_are_not_there_are_not_replaced_by_the_built_in_ones(tmp_path: Path, kind: str) -> None:
    if kind == "file":
        (tmp_path / "business").write_text("")
    elif kind == "broken link":
        (tmp_path / "business").symlink_to(tmp_path / "gone")
    else:
        (tmp_path / "business" / "plan.yml").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="business"):
        company.load(tmp_path)


@pytest.mark.parametrize("name", ["a#1", "who?", 'so "called"', "two\nlines"])
def test_a_home_whose_path_the_database_adapter_misreads_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="working folder's path"):
        Home.find(tmp_path / name)


@pytest.mark.parametrize("name", ["ho me", "o'clock", "50%;", "日本", "ü"])
def test_other_odd_homes_work(tmp_path: Path, name: str) -> None:
    assert Home.find(tmp_path / name).create().root == tmp_path / name


def test_the_parameters_become_typed_tables(tmp_path: Path) -> None:
    with database.connect(tmp_path / "x.duckdb") as connection:
        config_tables.write(connection, company.load(), dt.date(2026, 10, 31))
        config_tables.write(connection, company.load(), dt.date(2026, 11, 1))
        assert connection.execute("SELECT as_of, reporting_currency FROM config.run_context").fetchall() == [
            (dt.date(2026, 11, 1), "USD")
        ]
        assert connection.execute("SELECT count(*) FROM config.stage WHERE stage_type = 'won'").fetchone() == (1,)


@settings(deadline=None)
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
