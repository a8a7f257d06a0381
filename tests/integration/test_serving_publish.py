"""Write, audit, publish: what is refused, what a snapshot holds, pruning, repair."""

from __future__ import annotations

import copy
import errno
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from serving import snapshots
from serving.model import Publication, PublishedTable
from serving.publish import current, history, publish, rollback
from tests.integration.serving_builds import AS_OF, TABLES, build_number, fingerprint, make_build, publish_number, versions
from warehouse.database import connect
from warehouse.errors import CheckFailedError, ConfigurationError, LockedError, PublishError, SalesOpsError, StateError


def test_nothing_is_current_before_the_first_publication(tmp_path: Path) -> None:
    assert current(tmp_path / "serving") is None
    assert history(tmp_path / "serving") == []
    with pytest.raises(PublishError, match="no earlier version"):
        rollback(tmp_path / "serving")


def test_a_publication_describes_itself_and_is_what_current_reads(tmp_path: Path) -> None:
    steps: list[tuple[str, int, int, str]] = []
    made = publish_number(tmp_path, 1, progress=lambda *step: steps.append(step))
    serving = tmp_path / "serving"
    assert made == current(serving)
    assert made.version == f"000001-{fingerprint(1)[:12]}"
    assert (made.fingerprint, made.as_of, made.run_id) == (fingerprint(1), AS_OF, "run-1")
    assert [(t.full_name, t.rows) for t in made.tables] == [("core.dim_user", 300), ("kpi.daily_sales", 300)]
    assert [step[1:3] for step in steps] == [(n, 6) for n in range(1, 7)]
    assert not (serving / "staging").exists()
    assert (serving / "current.duckdb").stat().st_mode & 0o222 == 0


def test_values_types_and_comments_arrive_unchanged(tmp_path: Path) -> None:
    publish_number(tmp_path, 3)
    with duckdb.connect(str(tmp_path / "serving" / "current.duckdb"), read_only=True) as served:
        columns = served.execute("SELECT column_name, column_type FROM (DESCRIBE kpi.daily_sales)").fetchall()
        assert columns == [
            ("date_day", "DATE"),
            ("revenue", "DECIMAL(18,2)"),
            ("orders", "BIGINT"),
            ("build_number", "INTEGER"),
        ]
        assert served.execute("SELECT sum(revenue)::VARCHAR, count(orders) FROM kpi.daily_sales").fetchone() == (
            "168187.50",
            200,
        )
        comments = served.execute("SELECT table_name, comment FROM duckdb_tables() WHERE schema_name <> 'meta'").fetchall()
        assert dict(comments) == {"dim_user": "Users. One row per user.", "daily_sales": "Sales a day. One row per day."}
        told = served.execute("SELECT comment FROM duckdb_columns() WHERE column_name = 'user_name'").fetchall()
        assert told == [("It's the user's name.",)]
        tags = served.execute("SELECT tags FROM duckdb_databases() WHERE database_name = 'current'").fetchone()
        assert tags is not None
        assert tags[0]["storage_version"].startswith("v1.0.0")


def refused(tmp_path: Path, kind: type[SalesOpsError], match: str, **change: object) -> None:
    """Publishing with one argument changed is refused, and build 1 stays served."""
    build, serving = tmp_path / "build.duckdb", tmp_path / "serving"
    publish_number(tmp_path, 1)
    arguments: dict[str, object] = {
        "build": build,
        "serving": serving,
        "tables": TABLES,
        "verdict": make_build(build, 2),
        "fingerprint": fingerprint(2),
        "as_of": AS_OF,
        "run_id": "run-2",
    }
    verdict = change.pop("verdict", None)
    arguments |= change
    if callable(verdict):
        altered = copy.deepcopy(arguments["verdict"])
        verdict(altered)
        arguments["verdict"] = altered
    with pytest.raises(kind, match=match):
        publish(**arguments)  # type: ignore[arg-type]
    assert build_number(serving) == 1
    assert versions(history(serving)) == ["000001"]
    assert not (serving / "staging").exists()


@pytest.mark.parametrize("passed", [False, None, "yes", 1])
def test_a_verdict_that_did_not_pass_is_refused(tmp_path: Path, passed: object) -> None:
    refused(tmp_path, CheckFailedError, "did not pass", verdict=lambda v: v.update(passed=passed))


def test_a_verdict_with_another_hash_is_refused(tmp_path: Path) -> None:
    refused(
        tmp_path, PublishError, "not about this build", verdict=lambda v: v["tables"]["kpi.daily_sales"].update(hash="0" * 32)
    )


def test_a_verdict_with_another_row_count_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, PublishError, "not about this build", verdict=lambda v: v["tables"]["core.dim_user"].update(rows=299))


def test_a_table_without_a_verdict_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, PublishError, "say nothing about core.dim_user", verdict=lambda v: v["tables"].pop("core.dim_user"))


def test_a_table_that_was_judged_but_is_not_published_must_be_the_builds_too(tmp_path: Path) -> None:
    refused(
        tmp_path,
        PublishError,
        "not about this build: kpi.daily_sales",
        tables=TABLES[:1],
        verdict=lambda v: v["tables"]["kpi.daily_sales"].update(hash="0" * 32),
    )


def test_a_verdict_without_a_hash_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, PublishError, "has no hash", verdict=lambda v: v.update(hash=""))


def test_a_build_that_changed_after_the_verdict_is_refused(tmp_path: Path) -> None:
    publish_number(tmp_path, 1)
    build = tmp_path / "build.duckdb"
    verdict = make_build(build, 2)
    with connect(build) as connection:
        connection.execute("UPDATE kpi.daily_sales SET revenue = revenue + 0.01 WHERE date_day = DATE '2024-02-01'")
    with pytest.raises(PublishError, match=r"kpi\.daily_sales has 300 rows"):
        publish(build, tmp_path / "serving", TABLES, verdict, fingerprint(2), AS_OF, "run-2")
    assert build_number(tmp_path / "serving") == 1


@pytest.mark.parametrize(
    ("tables", "match"),
    [
        ([], "no table to publish"),
        ([TABLES[0], TABLES[0]], "cannot be published: core.dim_user"),
        ([PublishedTable("meta", "publication")], "cannot be published: meta.publication"),
        ([PublishedTable("core", "dim_user", columns={"nme": "?"})], "no column nme"),
    ],
)
def test_a_list_of_tables_that_cannot_be_served_is_refused(tmp_path: Path, tables: list[PublishedTable], match: str) -> None:
    refused(tmp_path, PublishError, match, tables=tables)


def test_a_fingerprint_that_is_no_file_name_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, PublishError, "not a fingerprint", fingerprint="../../etc/passwd")


def test_keeping_no_version_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, ConfigurationError, "number of versions to keep", keep=0)


def test_a_missing_build_file_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, StateError, "no build file", build=tmp_path / "none.duckdb")


def test_a_build_file_that_another_process_writes_is_refused(tmp_path: Path) -> None:
    publish_number(tmp_path, 1)
    build = tmp_path / "build.duckdb"
    verdict = make_build(build, 2)
    code = f"import duckdb; c = duckdb.connect({str(build)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(StateError, match="cannot be opened for reading"):
            publish(build, tmp_path / "serving", TABLES, verdict, fingerprint(2), AS_OF, "run-2")
        other.communicate("\n")
    assert build_number(tmp_path / "serving") == 1


def test_a_snapshot_that_does_not_read_back_equal_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_number(tmp_path, 1)

    def torn(connection: duckdb.DuckDBPyConnection, publication: Publication) -> None:
        original(connection, publication)
        connection.execute("DELETE FROM served.kpi.daily_sales WHERE orders = 4")

    from serving import snapshot_writer

    original = snapshot_writer._describe
    monkeypatch.setattr(snapshot_writer, "_describe", torn)
    with pytest.raises(PublishError, match=r"read back .* kpi\.daily_sales differs"):
        publish_number(tmp_path, 2)
    assert build_number(tmp_path / "serving") == 1


def test_two_publications_do_not_work_at_once(tmp_path: Path) -> None:
    publish_number(tmp_path, 1)
    second = snapshots.publish_lock(tmp_path / "serving", wait_seconds=0.1)
    with snapshots.publish_lock(tmp_path / "serving"), pytest.raises(LockedError, match="under way"), second:
        pass


def test_the_newest_versions_are_kept(tmp_path: Path) -> None:
    for number in range(1, 6):
        publish_number(tmp_path, number, keep=3)
    serving = tmp_path / "serving"
    assert versions(history(serving)) == ["000005", "000004", "000003"]
    assert len(list((serving / "snapshots").iterdir())) == 3


def test_a_stale_write_ahead_log_beside_current_does_not_reach_the_next_version(tmp_path: Path) -> None:
    publish_number(tmp_path, 1)
    log = tmp_path / "serving" / "current.duckdb.wal"
    log.write_bytes(b"stale")
    publish_number(tmp_path, 2)
    assert not log.exists()
    assert build_number(tmp_path / "serving") == 2


def without_links(*_: object, **__: object) -> None:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def test_without_hard_links_the_snapshot_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.snapshots.os.link", without_links)
    for number in range(1, 4):
        publish_number(tmp_path, number, keep=2)
    serving = tmp_path / "serving"
    assert (serving / "current.duckdb").stat().st_nlink == 1
    assert versions(history(serving)) == ["000003", "000002"]
    rollback(serving)
    assert build_number(serving) == 2


@pytest.mark.parametrize("links", [True, False])
def test_a_publication_that_stopped_after_the_swap_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr("serving.snapshots.os.link", without_links)
    publish_number(tmp_path, 1)
    serving = tmp_path / "serving"

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("serving.snapshots.keep_staged", stop)
        with pytest.raises(KeyboardInterrupt):
            publish_number(tmp_path, 2)
    assert build_number(serving) == 2
    assert versions(history(serving)) == ["000002", "000001"]
    publish_number(tmp_path, 3)
    assert versions(history(serving)) == ["000003", "000002", "000001"]
    assert rollback(serving).version[:6] == "000002"
