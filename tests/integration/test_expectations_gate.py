"""The gate holds law 8: what Great Expectations passes silently fails here, and every expected check reports."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from expectations.checking import Checker, Observation
from expectations.gate import blocked_gate, run_gate
from expectations.rules import Rule
from expectations.verdict import GateResult, RuleResult, Status, read_verdict
from warehouse.errors import ConfigurationError, StateError

NOT_NULL = "expect_column_values_to_not_be_null"
BETWEEN = "expect_column_values_to_be_between"


def rule(name: str, expectation: str = NOT_NULL, kwargs: dict[str, Any] | None = None, **more: Any) -> Rule:
    stated: dict[str, Any] = {"layer": "marts", "table": "core.deals", "key": ("id",), "severity": "error", **more}
    return Rule(
        name=name, expectation=expectation, kwargs=kwargs or {"column": "amount"}, question="q?", how_to_fix="h", **stated
    )


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "build.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA core")
        connection.execute(
            "CREATE TABLE core.deals AS SELECT i AS id, CASE WHEN i >= 2 THEN i * 1.5 END AS amount FROM range(10) r (i)"
        )
        connection.execute("CREATE TABLE core.empty (id INTEGER, amount INTEGER)")
        connection.execute("CREATE TABLE core.nulls AS SELECT i AS id, CAST(NULL AS INTEGER) AS amount FROM range(3) r (i)")
        connection.execute(
            "CREATE TABLE core.texts AS SELECT * FROM (VALUES (1, '=1+1'), (2, '<script>alert(1)</script>'), (3, '@x'), "
            "(4, ' -2'), (5, chr(9) || 'tab'), (6, 'plain, \"quoted\"'), (7, NULL)) AS v (id, amount)"
        )
    return path


@pytest.fixture
def run(database: Path, tmp_path: Path) -> Callable[..., GateResult]:
    def gate(*rules: Rule, accepted: dict[str, str] | None = None) -> GateResult:
        return run_gate(database, "marts", rules, accepted or {}, tmp_path / "out")

    return gate


def only(verdict: GateResult) -> RuleResult:
    (result,) = verdict.results
    return result


def test_a_failing_error_blocks_and_a_failing_warning_does_not(run: Callable[..., GateResult]) -> None:
    verdict = run(rule("hard"), rule("soft", severity="warn"), rule("fine", kwargs={"column": "id"}))
    assert [result.status for result in verdict.results] == [Status.FAILED, Status.WARNED, Status.PASSED]
    assert (verdict.results[0].failed_rows, verdict.results[0].failure_rate) == (2, 0.2)
    assert not verdict.may_publish


@pytest.mark.parametrize(("rate", "status"), [(0.2, Status.WARNED), (0.19, Status.FAILED)])
def test_a_warning_becomes_an_error_above_its_rate(run: Callable[..., GateResult], rate: float, status: Status) -> None:
    assert only(run(rule("soft", severity="warn", max_failure_rate=rate))).status is status


def test_an_empty_suite_is_a_failure(run: Callable[..., GateResult]) -> None:
    verdict = run(rule("elsewhere", layer="raw"))
    assert not verdict.may_publish
    assert "empty" in verdict.problems[0]


def test_an_empty_table_fails_where_rows_are_required_and_passes_where_none_are(run: Callable[..., GateResult]) -> None:
    verdict = run(rule("needed", table="core.empty", rows_required=True), rule("spare", table="core.empty"))
    assert [(r.status, r.detail) for r in verdict.results] == [
        (Status.FAILED, "core.empty is empty, and rows are required"),
        (Status.PASSED, "no rows, none required"),
    ]


def test_a_column_without_any_value_is_never_a_silent_pass(run: Callable[..., GateResult]) -> None:
    between = {"column": "amount", "min_value": 0}
    verdict = run(
        rule("needed", BETWEEN, between, table="core.nulls", rows_required=True),
        rule("spare", BETWEEN, between, table="core.nulls"),
    )
    assert [result.status for result in verdict.results] == [Status.FAILED, Status.PASSED]
    assert all("NULL in every one of 3 rows" in result.detail for result in verdict.results)


def test_an_exception_is_a_failure_that_nobody_can_accept(run: Callable[..., GateResult]) -> None:
    verdict = run(rule("broken", kwargs={"column": "nothing"}), accepted={"broken": "we know"})
    assert only(verdict).status is Status.ERRORED
    assert verdict.unused_acceptances == ("broken",)


def test_an_exception_outside_a_metric_is_an_outcome_of_every_rule_of_the_table(
    run: Callable[..., GateResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> dict[str, Observation]:
        raise RuntimeError("no such luck")

    monkeypatch.setattr(Checker, "check", fail)
    verdict = run(rule("a"), rule("b"))
    assert [result.status for result in verdict.results] == [Status.ERRORED, Status.ERRORED]
    assert "no such luck" in verdict.results[0].detail


def test_a_check_that_does_not_report_is_not_run_and_blocks(
    run: Callable[..., GateResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Checker, "check", lambda *_: {"stranger": Observation(success=True)})
    verdict = run(rule("expected"))
    assert only(verdict).status is Status.NOT_RUN
    assert verdict.problems == ("checks reported that nobody expected: stranger",)
    assert not verdict.may_publish


def test_a_missing_table_blocks_its_checks(run: Callable[..., GateResult]) -> None:
    verdict = run(rule("gone", table="core.gone"), rule("reads_gone", reads=("core.gone",)))
    assert [result.status for result in verdict.results] == [Status.BLOCKED, Status.BLOCKED]


def test_a_failing_rule_is_accepted_by_name_with_a_reason_that_is_kept(run: Callable[..., GateResult]) -> None:
    verdict = run(rule("hard"), accepted={"hard": "migration, see ticket 7", "gone": "old"})
    assert (only(verdict).status, only(verdict).accepted_because) == (Status.ACCEPTED, "migration, see ticket 7")
    assert verdict.may_publish
    assert verdict.unused_acceptances == ("gone",)


def test_an_acceptance_without_a_reason_is_none(run: Callable[..., GateResult]) -> None:
    assert only(run(rule("hard"), accepted={"hard": "  "})).status is Status.FAILED


def test_every_failing_row_is_listed_with_rule_key_column_and_value(run: Callable[..., GateResult], database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute("INSERT INTO core.deals SELECT i, -i FROM range(100, 5100) r (i)")
    listed = only(run(rule("negative", BETWEEN, {"column": "amount", "min_value": 0}))).failing_rows
    assert listed is not None
    rows = pq.read_table(f"{listed}.parquet").to_pylist()
    assert len(rows) == 5000
    assert {(row["rule"], row["column"]) for row in rows} == {("negative", "amount")}
    assert {json.loads(row["key"])["id"] for row in rows} == set(range(100, 5100))
    with Path(f"{listed}.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 5000


def test_formulas_are_inert_in_the_csv_and_exact_in_the_parquet_file(run: Callable[..., GateResult]) -> None:
    everything = rule("texts", "expect_column_values_to_be_null", table="core.texts")
    listed = only(run(everything)).failing_rows
    exact = {row["value"] for row in pq.read_table(f"{listed}.parquet").to_pylist()}
    assert exact == {"=1+1", "<script>alert(1)</script>", "@x", " -2", "\ttab", 'plain, "quoted"'}
    with Path(f"{listed}.csv").open(encoding="utf-8", newline="") as file:
        cells = {row["value"] for row in csv.DictReader(file)}
    assert cells == {"'=1+1", "<script>alert(1)</script>", "'@x", "' -2", "'\ttab", 'plain, "quoted"'}


def test_rows_listed_by_an_earlier_run_do_not_outlive_it(run: Callable[..., GateResult], tmp_path: Path) -> None:
    run(rule("hard"))
    assert (tmp_path / "out/marts/hard.csv").exists()
    run(rule("fine", kwargs={"column": "id"}))
    assert not list((tmp_path / "out/marts").iterdir())


def test_the_verdict_holds_the_content_of_every_table_it_is_about(
    run: Callable[..., GateResult], database: Path, tmp_path: Path
) -> None:
    rules = (rule("a"), rule("b", reads=("core.nulls",)))
    first = run(*rules)
    assert first.tables.keys() == {"core.deals", "core.nulls"}
    assert run(*rules).hash == first.hash
    with duckdb.connect(str(database)) as connection:
        connection.execute("UPDATE core.nulls SET amount = 1 WHERE id = 0")
    second = run(*rules)
    assert second.tables["core.deals"] == first.tables["core.deals"]
    assert second.tables["core.nulls"] != first.tables["core.nulls"]
    assert second.hash != first.hash


def test_the_verdict_holds_audited_tables_that_no_rule_reads(database: Path, tmp_path: Path) -> None:
    verdict = run_gate(database, "marts", [rule("a")], {}, tmp_path / "out", audited=["core.nulls"])
    assert verdict.tables.keys() == {"core.deals", "core.nulls"}
    with pytest.raises(StateError, match="gone"):
        run_gate(database, "marts", [rule("a")], {}, tmp_path / "out", audited=["core.gone"])


def test_a_verdict_survives_its_file_and_a_touched_file_is_refused(run: Callable[..., GateResult], tmp_path: Path) -> None:
    verdict = run(rule("hard"), rule("fine", BETWEEN, {"column": "id", "min_value": 0}), accepted={"hard": "known"})
    path = tmp_path / "out/marts.verdict.json"
    assert read_verdict(path).hash == verdict.hash
    assert read_verdict(path).may_publish
    path.write_text(path.read_text(encoding="utf-8").replace('"accepted"', '"passed"'), encoding="utf-8")
    with pytest.raises(StateError, match="hash"):
        read_verdict(path)
    with pytest.raises(StateError):
        read_verdict(tmp_path / "none.json")


def test_a_blocked_gate_reports_every_expected_check(run: Callable[..., GateResult]) -> None:
    verdict = blocked_gate("marts", [rule("a"), rule("b"), rule("c", layer="raw")], "the raw gate failed")
    assert [result.name for result in verdict.results] == ["a", "b"]
    assert not verdict.may_publish


def test_an_sql_rule_is_judged_by_the_rows_it_looks_at(run: Callable[..., GateResult]) -> None:
    sql = {"unexpected_rows_query": "SELECT * FROM {batch} WHERE id < 5 AND amount IS NULL"}
    result = only(
        run(rule("few", "unexpected_rows_expectation", sql, population="id < 5", severity="warn", max_failure_rate=0.4))
    )
    assert (result.failed_rows, result.checked_rows, result.status) == (2, 5, Status.WARNED)


def test_a_record_mended_in_a_later_version_does_not_fail(database: Path, tmp_path: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute("CREATE SCHEMA raw")
        connection.execute(
            "CREATE TABLE raw.deals AS SELECT * FROM (VALUES ('s', 1, NULL, 1), ('s', 1, 5, 2), "
            "('s', 2, 5, 1), ('s', 2, NULL, 2)) AS v (_source, id, amount, modified)"
        )
    base = rule("mended", layer="raw", table="raw.deals", key=("_source", "id"))
    newest = replace(base, current_by=("modified",))
    result = only(run_gate(database, "raw", [newest], {}, tmp_path / "out"))
    assert (result.failed_rows, result.checked_rows) == (1, 2)
    assert pq.read_table(f"{result.failing_rows}.parquet").to_pylist()[0]["key"] == '{"_source":"s","id":2}'


def test_progress_is_told_table_by_table(database: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int, str]] = []

    def progress(step: str, done: int, total: int, detail: str = "") -> None:
        told.append((step, done, total, detail))

    run_gate(database, "marts", [rule("a"), rule("b"), rule("c", table="core.nulls")], {}, tmp_path / "out", progress)
    assert told == [("check marts", 2, 3, "core.deals"), ("check marts", 3, 3, "core.nulls")]


def test_the_file_is_free_when_the_gate_is_done(run: Callable[..., GateResult], database: Path) -> None:
    run(rule("a"))
    with duckdb.connect(str(database), config={"threads": 1}) as connection:
        connection.execute("CREATE TABLE core.later AS SELECT 1 AS a")


def test_two_rules_of_one_name_and_a_missing_file_are_refused(run: Callable[..., GateResult], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        run(rule("a"), rule("a"))
    with pytest.raises(StateError):
        run_gate(tmp_path / "none.duckdb", "marts", [rule("a")], {}, tmp_path / "out")
