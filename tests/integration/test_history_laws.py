"""Laws 2 to 5 over random histories of files: nothing lost, nothing doubled, any order, and rebuilt equals grown.

Many histories share one home, each with a source of its own, because a home costs more than a file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.contract import Contract
from tests.integration import history_oracle as oracle
from tests.integration.contracts_made import deals
from tests.integration.exports import Place, csv_text
from tests.integration.history_oracle import Export, Loaded, Row
from tests.lint.empty_home import make_empty_home

HEADER = ("Id", "StageName", "CloseDate", "LastModifiedDate", "IsDeleted")
START = dt.datetime(2026, 3, 1)
TOGETHER = 20
EXAMPLES = int(os.environ.get("SALESOPS_HISTORIES", "200")) // TOGETHER
MODELS = ("stg_salesforce__opportunity", "stg_salesforce__opportunity_version")
pytestmark = pytest.mark.slow

rows = st.builds(
    Row,
    key=st.sampled_from("abc"),
    stage=st.sampled_from(["new", "won", "lost"]),
    cursor=st.none() | st.integers(0, 60).map(lambda hours: START + dt.timedelta(hours=2 * hours)),
    is_deleted=st.sampled_from([False, False, False, True]),
    is_bad=st.sampled_from([False, False, False, False, True]),
)
exports = st.builds(
    Export,
    day=st.none() | st.integers(0, 5).map(lambda days: START + dt.timedelta(days=days)),
    rows=st.lists(rows, min_size=1, max_size=4).map(tuple),
    drops=st.integers(1, 2),
)


@dataclass(frozen=True)
class History:
    """Files of one source, and a seed for the order in which they come."""

    delivery: str
    exports: tuple[Export, ...]
    seed: int


histories = st.builds(
    History,
    delivery=st.sampled_from(["full", "delta"]),
    exports=st.lists(exports, min_size=1, max_size=5).map(tuple),
    seed=st.integers(0, 1000),
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The SQL of the models, as dbt compiles it."""
    home = make_empty_home(tmp_path_factory.mktemp("compiled") / "home")
    project = Path(__file__).resolve().parents[2] / "dbt_project"
    environment = os.environ | {
        "SALESOPS_HOME": str(home.root),
        "DBT_TARGET_PATH": str(home.root / "target"),
        "DBT_LOG_PATH": str(home.root),
    }
    command = [
        str(Path(sys.executable).with_name("dbt")),
        "compile",
        "--project-dir",
        str(project),
        "--profiles-dir",
        str(project),
    ]
    done = subprocess.run([*command, "--select", *MODELS], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return {
        model: next((home.root / "target" / "compiled").rglob(f"{model}.sql")).read_text(encoding="utf-8") for model in MODELS
    }


def text_of(export: Export) -> str:
    """The file; a bad record has a close date that is none."""
    return csv_text(
        HEADER,
        [
            (
                row.key,
                row.stage,
                "2026-02-30" if row.is_bad else "2026-02-28",
                row.cursor.isoformat(sep=" ") if row.cursor else "",
                str(row.is_deleted).lower(),
            )
            for row in export.rows
        ],
    )


def names_of(history: History, number: int) -> list[tuple[str, str]]:
    """(file name, content) of every drop of a history, in a random order of arrival."""
    chance = random.Random(history.seed)  # noqa: S311
    found = [
        (f"h{number}/{chance.randrange(10**6)}_{export.day.date() if export.day else 'undated'}.csv", text_of(export))
        for export in history.exports
        for _ in range(export.drops)
    ]
    chance.shuffle(found)
    return found


def contracts_of(folder: Path, together: list[History]) -> list[Contract]:
    """A contract for each history, with a source of its own."""
    return [
        deals(
            folder / "contracts",
            path=f"h{number}/*.csv",
            name=f"h{number}",
            source=f"h{number}",
            only=HEADER,
            delivery=history.delivery,
            maxRejectedShare=1,
        )
        for number, history in enumerate(together)
    ]


def stored(history: History) -> list[Loaded]:
    """What the raw table must hold: of the good records of one key in one file the latest, each load once."""
    found = []
    for export in {(e.day, text_of(e)): e for e in history.exports}.values():
        sha256 = hashlib.sha256(text_of(export).encode("utf-8")).hexdigest()
        good = [row for row in export.rows if not row.is_bad]
        for key in {row.key for row in good}:
            same = [row for row in good if row.key == key]
            latest = max(same, key=lambda row: row.cursor or oracle.ALWAYS)
            found.append(Loaded(latest, export.day, sha256))
    return found


def is_told_apart(history: History) -> bool:
    """Whether no file has two different records of one key and one cursor: which of them stays is the content hash's choice."""
    for export in history.exports:
        good = {(row.key, row.cursor): row for row in export.rows if not row.is_bad}
        if any(not row.is_bad and good[row.key, row.cursor] != row for row in export.rows):
            return False
    return True


def ask(place: Place, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(place.home.build), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


@given(st.lists(histories.filter(is_told_apart), min_size=TOGETHER, max_size=TOGETHER))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
def test_laws_2_to_5_hold_over_random_histories_of_files(
    compiled: dict[str, str], tmp_path_factory: pytest.TempPathFactory, together: list[History]
) -> None:
    folder = tmp_path_factory.mktemp("histories")
    contracts = contracts_of(folder, together)
    one, many = Place(folder / "one", contracts), Place(folder / "many", contracts)
    drops = [names_of(history, number) for number, history in enumerate(together)]
    for files in drops:
        for name, content in files:
            one.drop(name, content)
    one.ingest()
    for part in range(3):
        for files in drops:
            for name, content in files[part::3]:
                many.drop(name, content)
        many.ingest()

    assert one.content() == many.content(), "law 4: whatever the order of arrival"
    assert_nothing_is_lost(one, together)
    again = many.content()
    many.ingest()
    assert many.content() == again, "law 3: the same files change nothing"
    many.home.build.unlink()
    many.ingest()
    assert many.content() == again, "laws 1 and 5: rebuilt from landing equals grown"
    deals_now, versions = (ask(one, sql) for sql in queries(compiled))
    for number, history in enumerate(together):
        source = f"h{number}"
        assert_marts_follow(
            history,
            {str(row[1]): row[2] for row in deals_now if row[0] == source},
            [row[1:] for row in versions if row[0] == source],
        )


def queries(compiled: dict[str, str]) -> tuple[str, str]:
    """The records that are there now, and all versions."""
    deal, version = (compiled[model] for model in MODELS)
    return (
        f"SELECT source, source_opportunity_id, stage_name FROM ({deal}) WHERE NOT is_deleted",
        "SELECT v.source, source_opportunity_id, v.stage_name, v.valid_from, v.valid_to, v.is_current "
        f"FROM ({version}) AS v JOIN ({deal}) AS d USING (opportunity_id) ORDER BY 1, 2, 4",
    )


def assert_nothing_is_lost(place: Place, together: list[History]) -> None:
    counts = ask(
        place,
        "SELECT source, sum(records_read), sum(records_loaded), sum(records_rejected), sum(rows_stored) "
        "FROM meta.load JOIN meta.load_object USING (load_id) GROUP BY 1",
    )
    found = {str(source): [int(value) for value in values] for source, *values in counts}
    for number, history in enumerate(together):
        distinct = {(e.day, text_of(e)): e for e in history.exports}.values()
        read, loaded, rejected, kept = found[f"h{number}"]
        assert read == sum(len(export.rows) for export in distinct) == loaded + rejected, "law 2"
        assert kept == len(stored(history)), "law 3: one row per key and load"


def assert_marts_follow(history: History, deals_now: dict[str, Any], versions: list[tuple[Any, ...]]) -> None:
    loads, full = stored(history), oracle.complete_moments(history.exports, history.delivery)
    assert deals_now == oracle.current(loads, full)
    assert {key: stage for key, stage, _, _, is_current in versions if is_current} == deals_now
    for key in {item.row.key for item in loads}:
        mine = [version for version in versions if version[0] == key]
        for one, other in pairwise(mine):
            assert one[3] <= other[2], "no overlap"
            assert one[3] < other[2] or one[1] != other[1], "what says the same is one version"
        for moment in moments(history):
            expected = oracle.stages_over_time(loads, full, key, moment)
            holding = [version[1] for version in mine if version[2] <= moment and (version[3] is None or moment < version[3])]
            assert holding == ([expected] if expected is not None else []), (key, moment)


def moments(history: History) -> Iterator[dt.datetime]:
    """Every moment at which something may change, and just before it."""
    named = {export.day for export in history.exports} | {row.cursor for export in history.exports for row in export.rows}
    for moment in sorted(moment for moment in named if moment is not None):
        yield from (moment - dt.timedelta(minutes=1), moment)
    yield dt.datetime(2030, 1, 1)
