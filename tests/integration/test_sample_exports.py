"""The written sample exports, read back with DuckDB: shape, keys, references, consistency across files, and honest dirt."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import yaml

from sample import SampleSummary, generate
from warehouse.errors import SalesOpsError

THROUGH = dt.date(2026, 10, 31)
SCALE = 0.5
CANONICAL = yaml.safe_load((Path(__file__).parents[2] / "ingestion" / "canonical.yml").read_text())
# Columns of the canonical schema that no export of these vendors' objects carries.
NOT_EXPORTED = {"salesforce.Opportunity": {"RecordTypeId"}, "salesforce.Product2": {"ListPrice"}}
OBJECTS = [
    f"salesforce.{name}"
    for name in (
        "Lead", "Account", "Contact", "Opportunity", "OpportunityHistory", "OpportunityLineItem", "Product2", "Task", "Event",
        "User", "ForecastingQuota",
    )
] + ["encharge.people", "hr.employees"]  # fmt: skip


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleSummary]:
    out = tmp_path_factory.mktemp("sample")
    return out, generate(out, SCALE)


@pytest.fixture(scope="module")
def con(written: tuple[Path, SampleSummary]) -> Iterator[duckdb.DuckDBPyConnection]:
    out, _ = written
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    for name in OBJECTS:
        path = out / (name.replace(".", "/") + f"_{THROUGH}.csv")
        con.execute(
            f'create table "{name.split(".")[1]}" as '
            "select * from read_csv(?, all_varchar = true, header = true, nullstr = '')",
            [str(path)],
        )
    yield con
    con.close()


def _number(con: duckdb.DuckDBPyConnection, query: str) -> float:
    row = con.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def test_files_carry_the_extract_date_and_the_summary_counts_them(written: tuple[Path, SampleSummary]) -> None:
    out, summary = written
    names = {name.replace(".", "/") + "_2026-10-31.csv" for name in OBJECTS} | {"encharge/events_2026-10-31.jsonl"}
    assert set(_hashes(out)) == names
    assert {str(path.relative_to(out)) for path in summary.files} == names
    for name, rows in summary.rows.items():
        suffix, header = ("jsonl", 0) if name == "encharge.events" else ("csv", 1)
        lines = (out / f"{name.replace('.', '/')}_2026-10-31.{suffix}").read_bytes().count(b"\n")
        assert lines == rows + header
    assert summary.total_rows == sum(summary.rows.values())
    assert summary.rows["salesforce.Lead"] == 10_000
    assert summary.rows["salesforce.Opportunity"] == 3000
    assert summary.rows["salesforce.Task"] + summary.rows["salesforce.Event"] == pytest.approx(100_000, rel=0.03)


def test_every_salesforce_field_is_quoted(written: tuple[Path, SampleSummary]) -> None:
    for path in (written[0] / "salesforce").iterdir():
        with path.open(encoding="utf-8") as lines:
            first = [line.rstrip("\n") for line in islice(lines, 300)]
        assert all(line.startswith('"') and line.endswith('"') for line in first)
        assert {len(line.split('","')) for line in first} == {len(first[0].split('","'))}


@pytest.mark.parametrize("name", OBJECTS)
def test_columns_are_the_vendors(con: duckdb.DuckDBPyConnection, name: str) -> None:
    columns = [row[0] for row in con.execute(f'describe "{name.split(".")[1]}"').fetchall()]
    canonical = [column.split()[0] for column in CANONICAL["objects"][name]["columns"].split(", ")]
    assert columns == [column for column in canonical if column not in NOT_EXPORTED.get(name, set())]


@pytest.mark.parametrize("name", OBJECTS)
def test_every_value_decodes_to_its_type(con: duckdb.DuckDBPyConnection, name: str) -> None:
    table = name.split(".")[1]
    for column in CANONICAL["objects"][name]["columns"].split(", "):
        field, kind = column.split()
        if field in NOT_EXPORTED.get(name, set()):
            continue
        sql_type = CANONICAL["types"][kind]
        failed = f'select count(*) from "{table}" where "{field}" is not null and try_cast("{field}" as {sql_type}) is null'
        assert _number(con, failed) == 0, f"{name}.{field}"


@pytest.mark.parametrize("name", OBJECTS)
def test_no_key_is_doubled_or_missing(con: duckdb.DuckDBPyConnection, name: str) -> None:
    key = CANONICAL["objects"][name]["key"][0]
    table = name.split(".")[1]
    assert _number(con, f'select count(*) - count(distinct "{key}") from "{table}"') == 0


@pytest.mark.parametrize(
    ("table", "column", "target", "key"),
    [
        *((table, "OwnerId", "User", "Id") for table in ("Lead", "Account", "Contact", "Opportunity", "Task", "Event")),
        *((table, "AccountId", "Account", "Id") for table in ("Contact", "Opportunity", "Task", "Event")),
        *((table, "OpportunityId", "Opportunity", "Id") for table in ("OpportunityHistory", "OpportunityLineItem")),
        *((table, "WhatId", "Opportunity", "Id") for table in ("Task", "Event")),
        ("Lead", "ConvertedAccountId", "Account", "Id"),
        ("Lead", "ConvertedContactId", "Contact", "Id"),
        ("Lead", "ConvertedOpportunityId", "Opportunity", "Id"),
        ("Lead", "MasterRecordId", "Lead", "Id"),
        ("Account", "ParentId", "Account", "Id"),
        ("OpportunityHistory", "CreatedById", "User", "Id"),
        ("OpportunityLineItem", "Product2Id", "Product2", "Id"),
        ("ForecastingQuota", "QuotaOwnerId", "User", "Id"),
        ("User", "ManagerId", "User", "Id"),
        ("employees", "crm_user_id", "User", "Id"),
        ("employees", "manager_id", "employees", "employee_id"),
    ],
)
def test_every_reference_has_its_record(con: duckdb.DuckDBPyConnection, table: str, column: str, target: str, key: str) -> None:
    missing = (
        f'select count(*) from "{table}" t where "{column}" is not null and "{column}" not in (select "{key}" from "{target}")'
    )
    assert _number(con, missing) == 0
    assert _number(con, f'select count("{column}") from "{table}"') > 0


def test_who_is_a_lead_or_a_contact(con: duckdb.DuckDBPyConnection) -> None:
    for table in ("Task", "Event"):
        unknown = f"select count(*) from {table} where WhoId not in (select Id from Lead union all select Id from Contact)"
        assert _number(con, unknown) == 0


def test_what_is_deleted_is_pointed_to_by_nobody(con: duckdb.DuckDBPyConnection) -> None:
    gone = "(select Id from Opportunity where IsDeleted = 'true')"
    assert _number(con, f"select count(*) from {gone}") > 0
    for table, column in (
        ("Task", "WhatId"), ("Event", "WhatId"), ("OpportunityHistory", "OpportunityId"),
        ("OpportunityLineItem", "OpportunityId"), ("Lead", "ConvertedOpportunityId"),
    ):  # fmt: skip
        assert _number(con, f"select count(*) from {table} where {column} in {gone}") == 0
    for table, column in (("Opportunity", "AccountId"), ("Contact", "AccountId"), ("Task", "AccountId")):
        assert (
            _number(con, f"select count(*) from {table} where {column} in (select Id from Account where IsDeleted = 'true')")
            == 0
        )


def test_deals_stand_as_their_history_leaves_them(con: duckdb.DuckDBPyConnection) -> None:
    newest = "select *, row_number() over (partition by OpportunityId order by CreatedDate desc) as age from OpportunityHistory"
    differing = f"""
        select count(*) from Opportunity o left join ({newest}) h on h.OpportunityId = o.Id and h.age = 1
        where o.IsDeleted = 'false' and (h.Id is null or (h.StageName, h.CloseDate, h.Amount) is distinct from
            (o.StageName, o.CloseDate, o.Amount) or h.CreatedDate > o.LastModifiedDate)"""
    assert _number(con, differing) == 0


def test_lines_add_up_to_the_amount(con: duckdb.DuckDBPyConnection) -> None:
    differing = """
        select count(*) from Opportunity o
        join (select OpportunityId, sum(TotalPrice::decimal(18,2)) as total from OpportunityLineItem group by 1) l
          on l.OpportunityId = o.Id
        where o.Amount is null or o.Amount::decimal(18,2) <> l.total or o.HasOpportunityLineItem = 'false'"""
    assert _number(con, differing) == 0


def test_conversions_hang_together(con: duckdb.DuckDBPyConnection) -> None:
    broken = """
        select count(*) from Lead l
        join Opportunity o on o.Id = l.ConvertedOpportunityId join Contact c on c.Id = l.ConvertedContactId
        where o.AccountId <> l.ConvertedAccountId or c.AccountId <> l.ConvertedAccountId or o.CreatedDate <= l.CreatedDate
           or l.ConvertedDate <> left(o.CreatedDate, 10) or c.LastName <> l.LastName or l.IsConverted <> 'true'"""
    assert _number(con, broken) == 0


def test_nobody_works_before_being_hired_or_after_leaving(con: duckdb.DuckDBPyConnection) -> None:
    for table, moment in (("Task", "CompletedDateTime"), ("Event", "StartDateTime")):
        absent = f"""
            select count(*) from {table} a join employees e on e.crm_user_id = a.OwnerId
            where left(a.{moment}, 10) < e.hire_date or left(a.{moment}, 10)::date > e.end_date::date + 1"""
        assert _number(con, absent) == 0
    unequal = """
        select count(*) from "User" u join employees e on e.crm_user_id = u.Id
        where (e.end_date is null) <> (u.IsActive = 'true')"""
    assert _number(con, unequal) == 0


def test_work_is_done_on_weekdays_in_the_reps_own_office_hours(con: duckdb.DuckDBPyConnection) -> None:
    odd = """
        select count(*) from (
            select timezone(u.TimeZoneSidKey, t.CompletedDateTime::timestamptz) as local
            from Task t join "User" u on u.Id = t.OwnerId where t.CompletedDateTime is not null)
        where isodow(local) > 5 or hour(local) not between 8 and 17"""
    assert _number(con, odd) == 0


def test_nothing_is_later_than_the_extract(con: duckdb.DuckDBPyConnection, written: tuple[Path, SampleSummary]) -> None:
    for table, column in (
        ("Lead", "LastModifiedDate"), ("Account", "LastModifiedDate"), ("Contact", "LastModifiedDate"), ("Task", "CreatedDate"),
        ("Opportunity", "LastModifiedDate"), ("OpportunityHistory", "CreatedDate"), ("Event", "EndDateTime"),
        ("Task", "CompletedDateTime"), ("User", "CreatedDate"), ("people", "lastActivity"),
    ):  # fmt: skip
        newest = con.execute(f'select max({column}) from "{table}"').fetchone()
        assert newest is not None
        assert newest[0][:10] <= THROUGH.isoformat(), f"{table}.{column}"


def test_events_come_twice_and_out_of_order(con: duckdb.DuckDBPyConnection, written: tuple[Path, SampleSummary]) -> None:
    lines = (written[0] / "encharge" / "events_2026-10-31.jsonl").read_text("utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    assert all(set(event) == {"type", "person", "timestamp", "properties"} for event in events)
    assert all(len(str(event["timestamp"])) == 13 for event in events)
    twice = sum(count - 1 for count in Counter(lines).values())
    assert 0.01 < twice / len(lines) < 0.02
    moments = [event["timestamp"] for event in events]
    assert sum(a > b for a, b in pairwise(moments)) > len(moments) / 100
    known = {name for row in con.execute("select email, userId from people").fetchall() for name in row}
    assert {event["person"] for event in events} <= known
    keys = {key for event in events for key in event["properties"]}
    assert keys == {"url", "form", "campaign", "utm_source", "utm_medium", "utm_campaign"}


def test_the_business_looks_like_one(con: duckdb.DuckDBPyConnection) -> None:
    won = "select count(*) from Opportunity where IsWon = 'true'"
    assert 0.30 < _number(con, won) / _number(con, "select count(*) from Opportunity where IsClosed = 'true'") < 0.45
    assert 2 * _number(con, f"{won} and month(CloseDate::date) % 3 = 0") > 0.8 * _number(con, won)
    assert _number(con, "select count(*) from Opportunity where IsClosed = 'false'") > 60
    assert {row[0] for row in con.execute("select distinct Type from Opportunity").fetchall()} == {
        "New Business",
        "Existing Business",
        "Renewal",
    }
    assert _number(con, "select count(*) from Opportunity where StageName = 'Closed Lost' and Amount::double = 0") > 20
    assert _number(con, "select count(*) from Event where IsChild = 'true'") > 50
    assert _number(con, "select count(*) from Event where Subject like 'No-show%'") > 50
    assert _number(con, "select count(*) from Task where Subject like 'Proposal sent%'") > 300
    assert _number(con, "select count(*) from Task where TaskSubtype = 'Call' and CallDurationInSeconds is null") > 100


@pytest.mark.parametrize(
    ("table", "failing", "among"),
    [
        ("Lead", "not regexp_full_match(Email, '[^@ ]+@[^@ ]+\\.[a-z]+')", "true"),
        ("Contact", "not regexp_full_match(Email, '[^@ ]+@[^@ ]+\\.[a-z]+')", "true"),
        ("Lead", "Email in (select Email from Lead group by 1 having count(*) > 1)", "true"),
        ("Lead", "Country in ('Untied States', 'Germnay', 'Frnace', 'Cananda', 'Untied Kingdom', 'Spian')", "true"),
        ("Account", "Industry in ('Technolgy', 'Manufacturng', 'Health care', 'Bankng', 'Retial')", "true"),
        ("Opportunity", "Amount is null", "true"),
        ("Opportunity", "CloseDate < '2026-10-31'", "IsClosed = 'false'"),
        ("Opportunity", "AccountId is null", "IsClosed = 'false'"),
        ("Event", "IsDeleted = 'true'", "true"),
        ("Lead", "IsDeleted = 'true'", "true"),
        ("Task", "IsDeleted = 'true'", "true"),
    ],
)
def test_dirt_is_there_and_rare(con: duckdb.DuckDBPyConnection, table: str, failing: str, among: str) -> None:
    rate = _number(con, f"select avg(({failing})::int) from {table} where {among}")
    assert 0 < rate < 0.035


def test_meetings_overlap_sometimes(con: duckdb.DuckDBPyConnection) -> None:
    overlapping = """
        select avg((StartDateTime < previous_end)::int) from (
            select *, lag(EndDateTime) over (partition by OwnerId order by StartDateTime, Id) as previous_end
            from Event where IsChild = 'false')"""
    assert 0 < _number(con, overlapping) < 0.2


def test_equal_seeds_give_equal_bytes_whatever_the_threads(tmp_path: Path) -> None:
    generate(tmp_path / "a", 0.02, seed=5)
    threads = pa.cpu_count()
    try:
        pa.set_cpu_count(1)
        generate(tmp_path / "b", 0.02, seed=5)
    finally:
        pa.set_cpu_count(threads)
    generate(tmp_path / "c", 0.02, seed=6)
    first, second, other = _hashes(tmp_path / "a"), _hashes(tmp_path / "b"), _hashes(tmp_path / "c")
    assert first == second
    same = {name for name in first if first[name] == other[name]}
    assert same == {"salesforce/Product2_2026-10-31.csv"}


def test_the_bytes_are_those_of_every_machine(tmp_path: Path) -> None:
    # Changes only when the sample is changed on purpose; another machine, thread count or library build must not change it.
    expected = "01605787144229359648ae382b24b537d5198cd7ae91c27ee7f5ef3e2995ba66"
    generate(tmp_path, 0.02)
    assert hashlib.sha256(json.dumps(_hashes(tmp_path), sort_keys=True).encode()).hexdigest() == expected


def test_the_processors_vector_unit_does_not_change_the_bytes(tmp_path: Path) -> None:
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    generate(tmp_path / "here", 0.05)
    features = " ".join(name for name in __cpu_dispatch__ if __cpu_features__.get(name))
    call = f"from pathlib import Path; from sample import generate; generate(Path({str(tmp_path / 'plain')!r}), 0.05)"
    environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": features, "ARROW_USER_SIMD_LEVEL": "NONE"}
    subprocess.run([sys.executable, "-c", call], check=True, env=environment, cwd=Path(__file__).parents[2])
    assert _hashes(tmp_path / "here") == _hashes(tmp_path / "plain")


@pytest.mark.parametrize("through", [dt.date(2026, 1, 1), dt.date(2024, 2, 29)])
def test_any_last_day_and_the_smallest_company_work(tmp_path: Path, through: dt.date) -> None:
    summary = generate(tmp_path, 0.0001, seed=0, through=through)
    assert len(summary.files) == len(OBJECTS) + 1
    assert min(summary.rows.values()) > 0
    assert all(path.stem.endswith(through.isoformat()) for path in summary.files)


def test_progress_is_told_after_every_file(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    generate(tmp_path, 0.01, progress=lambda _step, done, total, _detail="": told.append((done, total)))
    assert told == [(done, 14) for done in range(1, 15)]


def test_a_folder_that_cannot_be_made_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(SalesOpsError, match="could not be written"):
        generate(blocked, 0.01)
    assert blocked.read_text() == "not a folder"


def test_an_interrupted_sample_leaves_no_half_file(tmp_path: Path) -> None:
    def stop(_step: str, done: int, _total: int, _detail: str = "") -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path, 0.01, progress=stop)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.name.endswith(".part")]
