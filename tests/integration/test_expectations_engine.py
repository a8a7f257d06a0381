"""Great Expectations runs inside DuckDB, means what our own listing means, and lets go of the file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.checking import Checker, Observation
from expectations.conditions import SQL_RULE
from expectations.failing_rows import write_failing_rows
from expectations.rules import Rule

ROWS = """
    ('a', 1, 'x', 5.0, 'one@example.com', DATE '2024-01-01', DATE '2024-01-02'),
    ('a', 1, 'y', -1.0, 'no address', DATE '2024-01-03', DATE '2024-01-02'),
    ('b', 2, 'z', NULL, NULL, NULL, DATE '2024-01-02'),
    ('b', 3, NULL, 100.5, 'two@example.com', DATE '2024-01-02', DATE '2024-01-02'),
    (NULL, 3, 'x', 7.0, 'it''s:12:30 {x}', NULL, NULL)
"""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "it's [a] file.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA core")
        connection.execute(
            f"CREATE TABLE core.t AS SELECT * FROM (VALUES {ROWS}) AS v (part, id, stage, amount, email, opened, closed)"
        )
    return path


@pytest.fixture
def check(database: Path) -> Callable[[str, dict[str, Any]], tuple[Observation, int]]:
    def one(expectation: str, kwargs: dict[str, Any]) -> tuple[Observation, int]:
        rule = Rule("one", "marts", "core.t", expectation, kwargs, "error", "q", "h", key=("id",))
        checker = Checker(database)
        try:
            seen = checker.check("core.t", [rule], versioned=False)["one"]
        finally:
            checker.close()
        with duckdb.connect(str(database)) as connection:
            return seen, write_failing_rows(connection, rule, database.parent / "rows" / "one")

    return one


@pytest.mark.parametrize(
    ("expectation", "kwargs", "failing"),
    [
        ("expect_column_values_to_not_be_null", {"column": "amount"}, 1),
        ("expect_column_values_to_be_null", {"column": "part"}, 4),
        ("expect_column_values_to_be_unique", {"column": "id"}, 4),
        ("expect_column_values_to_be_unique", {"column": "opened"}, 0),
        ("expect_compound_columns_to_be_unique", {"column_list": ["part", "id"]}, 2),
        ("expect_compound_columns_to_be_unique", {"column_list": ["id", "stage"]}, 0),
        ("expect_column_values_to_be_in_set", {"column": "stage", "value_set": ["x", "y"]}, 1),
        ("expect_column_values_to_not_be_in_set", {"column": "stage", "value_set": ["x"]}, 2),
        ("expect_column_values_to_be_between", {"column": "amount", "min_value": 0, "max_value": 100}, 2),
        ("expect_column_values_to_be_between", {"column": "amount", "min_value": 5, "strict_min": True}, 2),
        ("expect_column_value_lengths_to_be_between", {"column": "email", "max_value": 12}, 3),
        ("expect_column_values_to_match_regex", {"column": "email", "regex": r"^[^@\s]+@[^@\s]+\.com$"}, 2),
        ("expect_column_values_to_match_regex", {"column": "email", "regex": "example"}, 2),
        ("expect_column_values_to_not_match_regex", {"column": "email", "regex": "12:30"}, 1),
        (
            "expect_column_pair_values_a_to_be_greater_than_b",
            {"column_A": "closed", "column_B": "opened", "or_equal": True},
            1,
        ),
        (SQL_RULE, {"unexpected_rows_query": "SELECT * FROM {batch} WHERE amount < 0"}, 1),
        (SQL_RULE, {"unexpected_rows_query": "SELECT * FROM {batch} WHERE email = 'it''s:12:30 {{x}}'"}, 1),
    ],
)
def test_the_count_of_great_expectations_is_the_length_of_our_own_list(
    check: Callable[[str, dict[str, Any]], tuple[Observation, int]], expectation: str, kwargs: dict[str, Any], failing: int
) -> None:
    seen, listed = check(expectation, kwargs)
    assert (seen.exception, seen.failed_rows, listed) == ("", failing, failing)
    assert seen.success is (failing == 0)


@pytest.mark.parametrize(
    ("expectation", "kwargs", "success"),
    [
        ("expect_table_row_count_to_be_between", {"min_value": 5, "max_value": 5}, True),
        ("expect_table_row_count_to_be_between", {"min_value": 6}, False),
        ("expect_table_row_count_to_equal", {"value": 5}, True),
        ("expect_column_sum_to_be_between", {"column": "amount", "min_value": 111.5, "max_value": 111.5}, True),
        ("expect_column_max_to_be_between", {"column": "amount", "max_value": 100}, False),
        ("expect_column_min_to_be_between", {"column": "amount", "min_value": -1}, True),
        ("expect_column_mean_to_be_between", {"column": "amount", "max_value": 1}, False),
        ("expect_column_proportion_of_non_null_values_to_be_between", {"column": "amount", "min_value": 0.8}, True),
        ("expect_column_to_exist", {"column": "amount"}, True),
        ("expect_column_to_exist", {"column": "nothing"}, False),
    ],
)
def test_an_expectation_about_the_whole_table_says_what_it_saw(
    check: Callable[[str, dict[str, Any]], tuple[Observation, int]], expectation: str, kwargs: dict[str, Any], success: bool
) -> None:
    seen, listed = check(expectation, kwargs)
    assert (seen.exception, seen.success, seen.failed_rows, listed) == ("", success, None, 0)


def test_only_the_guilty_rule_errs(database: Path) -> None:
    def rule(name: str, expectation: str, kwargs: dict[str, Any]) -> Rule:
        return Rule(name, "marts", "core.t", expectation, kwargs, "error", "q", "h")

    rules = [
        rule("good", "expect_column_values_to_not_be_null", {"column": "id"}),
        rule("same", "expect_column_values_to_not_be_null", {"column": "id"}),
        rule("no_such_column", "expect_column_values_to_not_be_null", {"column": "nothing"}),
        rule("no_such_pattern", "expect_column_values_to_match_regex", {"column": "email", "regex": "("}),
        rule("no_such_function", SQL_RULE, {"unexpected_rows_query": "SELECT nonsense(id) FROM {batch}"}),
        rule("writes", SQL_RULE, {"unexpected_rows_query": "DELETE FROM core.t"}),
    ]
    checker = Checker(database)
    try:
        seen = checker.check("core.t", rules, versioned=False)
    finally:
        checker.close()
    assert {name for name, observation in seen.items() if observation.success} == {"good", "same"}
    assert all(seen[name].exception for name in ("no_such_column", "no_such_pattern", "no_such_function", "writes"))
    with duckdb.connect(str(database)) as connection:
        assert connection.execute("SELECT count(*) FROM core.t").fetchone() == (5,)


def test_the_newest_version_of_each_record_is_checked(database: Path) -> None:
    rule = Rule(
        name="newest",
        layer="raw",
        table="core.t",
        expectation="expect_column_values_to_be_between",
        kwargs={"column": "amount", "min_value": 0},
        severity="error",
        question="q",
        how_to_fix="h",
        key=("id",),
        current_by=("opened",),
    )
    checker = Checker(database)
    try:
        assert checker.check("core.t", [rule], versioned=True)["newest"].failed_rows == 1
        assert checker.check("core.t", [rule], versioned=True)["newest"].looked_at == 2
    finally:
        checker.close()


def test_several_tables_are_checked_over_one_connection(database: Path) -> None:
    with duckdb.connect(str(database)) as connection:
        for name in ("u", "v", "w"):
            connection.execute(f"CREATE TABLE core.{name} AS SELECT * FROM core.t")
    checker = Checker(database)
    try:
        for name in ("t", "u", "v", "w"):
            rule = Rule(name, "marts", f"core.{name}", "expect_column_to_exist", {"column": "id"}, "error", "q", "h")
            assert checker.check(rule.table, [rule], versioned=False)[name].success
    finally:
        checker.close()


def test_after_dispose_anybody_may_open_the_file_with_any_settings(database: Path) -> None:
    rule = Rule("one", "marts", "core.t", "expect_column_values_to_be_unique", {"column": "id"}, "error", "q", "h")
    checker = Checker(database)
    checker.check("core.t", [rule], versioned=False)
    checker.close()
    checker.close()
    with duckdb.connect(str(database), config={"threads": 1}) as connection:
        connection.execute("CREATE TABLE core.later AS SELECT 1 AS a")
    script = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('DROP TABLE core.later')"
    subprocess.run([sys.executable, "-c", script, str(database)], check=True)


def test_the_datasource_is_a_fluent_one_of_type_duckdb(database: Path) -> None:
    import great_expectations as gx

    from expectations.duckdb_engine import DuckDBExecutionEngine, connection_string

    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_duckdb("any", connection_string=connection_string(database))
    try:
        assert source.type == "duckdb"
        assert isinstance(source.get_execution_engine(), DuckDBExecutionEngine)
        asset = source.add_query_asset("q", query="SELECT id FROM core.t WHERE amount > 0")
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        outcome = batch.validate(gx.expectations.ExpectColumnValuesToBeInSet(column="id", value_set=[1]))
        assert outcome.result["partial_unexpected_list"] == [3, 3]
    finally:
        source.dispose()


def test_reading_rules_and_docs_does_not_import_great_expectations_and_nothing_is_reported_home() -> None:
    script = (
        "import os, sys, expectations.rules, expectations.gate, expectations.data_docs, expectations.contract_quality;"
        "expectations.rules.load_suites();"
        "assert 'great_expectations' not in sys.modules;"
        "assert os.environ['GX_ANALYTICS_ENABLED'] == 'false'"
    )
    environment = {**os.environ, "GX_ANALYTICS_ENABLED": "true"}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, cwd=Path(__file__).parents[2])
