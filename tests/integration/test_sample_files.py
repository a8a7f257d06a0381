"""The sample exports as an archive: the same bytes everywhere, the same end however many exports, whole files or none."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sample import SampleSummary, generate
from tests.integration.sampled import CORE, OBJECTS, OPENING, connect, hashes, number
from warehouse.errors import ConfigurationError, SalesOpsError


def test_the_end_is_the_same_however_many_exports_there_are(tmp_path: Path) -> None:
    ends = []
    archives: tuple[tuple[str, int, str], ...] = (("one", 0, "week"), ("weeks", 30, "week"), ("days", 12, "day"))
    for name, exports, every in archives:
        out = tmp_path / name
        generate(out, 0.03, seed=4, truth=tmp_path / f"{name}_truth", exports=exports, every=every)
        tables = {}
        with connect(out) as con:
            for table in (each.split(".")[1] for each in OBJECTS):
                rows = con.execute(f'select * from "{table}" order by all').fetchall()
                tables[table] = hashlib.sha256(repr(rows).encode()).hexdigest()
        lines = [line for path in out.glob("encharge/events_*.jsonl") for line in path.read_text("utf-8").splitlines()]
        tables["events"] = hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()
        tables["truth"] = str([pq.read_table(path).to_pydict() for path in sorted((tmp_path / f"{name}_truth").iterdir())
                               if path.stem != "defects"])  # fmt: skip
        ends.append(tables)
    assert ends[0] == ends[1]
    assert ends[0] == ends[2]


def test_an_export_shows_the_state_of_its_day(con: duckdb.DuckDBPyConnection, written: tuple[Path, SampleSummary]) -> None:
    out, _ = written
    con.execute("create temp table early as select * from read_csv(?, all_varchar = true, header = true, nullstr = '')",
                [str(out / "salesforce" / f"Opportunity_{OPENING}.csv")])  # fmt: skip
    assert number(con, f"select count(*) from early where left(LastModifiedDate, 10) > '{OPENING}'") == 0
    closed_since = (
        "select count(*) from early e join Opportunity o using (Id) where e.IsClosed = 'false' and o.IsClosed = 'true'"
    )
    assert number(con, closed_since) > 10
    stands = f"""
        select count(*) from early e join (
            select * from OpportunityHistory where left(CreatedDate, 10) <= '{OPENING}'
            qualify row_number() over (partition by OpportunityId order by CreatedDate desc) = 1) h on h.OpportunityId = e.Id
        where (h.StageName, h.CloseDate, h.Amount) is distinct from (e.StageName, e.CloseDate, e.Amount)"""
    assert number(con, stands) == 0
    assert number(con, "select count(*) from Opportunity where Id not in (select Id from early)") > 10


def test_versions_of_a_record_grow(written: tuple[Path, SampleSummary]) -> None:
    for table in ("Lead", "Account", "Contact", "Opportunity", "Quote", "Case", "Campaign"):
        paths = [str(path) for path in (written[0] / "salesforce").glob(f"{table}_????-??-??.csv")]
        shrinking = """
            select count(*) from (
                select LastModifiedDate, lag(LastModifiedDate) over (partition by Id order by filename) as before
                from read_csv(?, all_varchar = true, header = true, filename = true)) where before >= LastModifiedDate"""
        assert duckdb.execute(shrinking, [paths]).fetchone() == (0,), table


def test_equal_seeds_give_equal_bytes_whatever_the_threads(tmp_path: Path) -> None:
    generate(tmp_path / "a", 0.02, seed=5)
    threads = pa.cpu_count()
    try:
        pa.set_cpu_count(1)
        generate(tmp_path / "b", 0.02, seed=5)
    finally:
        pa.set_cpu_count(threads)
    generate(tmp_path / "c", 0.02, seed=6)
    first, second, other = hashes(tmp_path / "a"), hashes(tmp_path / "b"), hashes(tmp_path / "c")
    assert first == second
    same = {name.split("/")[1].split("_")[0] for name in first if first[name] == other.get(name)}
    assert {"Product2", "PricebookEntry", "RecordType", "Territory2", "UserRole", "OpportunitySplitType"} <= same
    assert not same & {"Lead", "Opportunity", "Account", "Task", "User", "events", "people"}


def test_the_bytes_are_those_of_every_machine(tmp_path: Path) -> None:
    # Changes only when the sample is changed on purpose; another machine, thread count or library build must not change it.
    expected = "52ce64db9f7e87828cf1db52f847461c460ad16169ede09839d51d5faaee3f5c"
    generate(tmp_path, 0.02)
    found = {name: value for name, value in hashes(tmp_path).items() if name.split("/")[0] in ("salesforce", "encharge")}
    assert hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest() == expected


def test_the_processors_vector_unit_does_not_change_the_bytes(tmp_path: Path) -> None:
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    generate(tmp_path / "here", 0.05)
    features = " ".join(name for name in __cpu_dispatch__ if __cpu_features__.get(name))
    call = f"from pathlib import Path; from sample import generate; generate(Path({str(tmp_path / 'plain')!r}), 0.05)"
    environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": features, "ARROW_USER_SIMD_LEVEL": "NONE"}
    subprocess.run([sys.executable, "-c", call], check=True, env=environment, cwd=Path(__file__).parents[2])
    assert hashes(tmp_path / "here") == hashes(tmp_path / "plain")


@pytest.mark.parametrize("through", [dt.date(2026, 1, 1), dt.date(2024, 2, 29)])
def test_any_last_day_and_the_smallest_company_work(tmp_path: Path, through: dt.date) -> None:
    summary = generate(tmp_path / "one", 0.0001, seed=0, through=through, exports=0)
    assert min(summary.rows[name] for name in CORE) > 0
    assert all(path.stem.endswith(through.isoformat()) for path in summary.files)
    more = generate(tmp_path / "more", 0.0001, seed=0, through=through)
    assert len(more.files) > len(summary.files)


def test_progress_is_told_after_every_file(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    written = generate(tmp_path, 0.01, progress=lambda _step, done, total, _detail="": told.append((done, total)))
    total = len(written.files)
    assert told == [(done, total) for done in range(1, total + 1)]


def test_a_folder_that_cannot_be_made_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(SalesOpsError, match="could not be written"):
        generate(blocked, 0.01)
    assert blocked.read_text() == "not a folder"


@pytest.mark.parametrize("beside", ["truth", "company"])
def test_a_folder_beside_that_cannot_be_made_is_refused(tmp_path: Path, beside: str) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    where = {name: blocked / "below" if name == beside else tmp_path / name for name in ("truth", "company")}
    with pytest.raises(SalesOpsError, match="could not be written"):
        generate(tmp_path / "inbox", 0.01, exports=0, truth=where["truth"], company=where["company"])


@pytest.mark.parametrize("what", ["exports", "truth", "company"])
def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, what: str) -> None:
    folders = {name: tmp_path / name for name in ("exports", "truth", "company")}
    (folders[what] / "business").mkdir(parents=True)
    (folders[what] / "business" / "mine.yml").write_text("mine")
    with pytest.raises(ConfigurationError, match=f"folder for the {what} is not empty"):
        generate(folders["exports"], 0.01, truth=folders["truth"], company=folders["company"])
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["mine.yml"]


@pytest.mark.parametrize(("truth", "company"), [("in/truth", "company"), ("truth", "in"), ("both", "both")])
def test_truth_and_parameters_lie_apart_from_the_exports(tmp_path: Path, truth: str, company: str) -> None:
    with pytest.raises(ConfigurationError, match="would lie within"):
        generate(tmp_path / "in", 0.01, truth=tmp_path / truth, company=tmp_path / company)


def test_an_interrupted_sample_leaves_no_half_file(tmp_path: Path) -> None:
    def stop(_step: str, done: int, _total: int, _detail: str = "") -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path, 0.01, progress=stop)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.name.endswith(".part")]
