"""Every shipped rule passes on data that is right and fails on data that is not; no rule is without its two fixtures."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from expectations.gate import run_gate
from expectations.rules import LAYERS, Rule, load_suites
from expectations.verdict import GateResult, Status
from tests.integration import suite_data_sources
from tests.integration.sampled import CANONICAL, TYPES
from tests.integration.suite_data import BAD as OTHER_BAD
from tests.integration.suite_data import CONFIG, TABLES
from tests.integration.suite_data import GOOD as OTHER_GOOD

ROOT = Path(__file__).parents[2]
GOOD = [*OTHER_GOOD, *suite_data_sources.GOOD]
BAD = OTHER_BAD | suite_data_sources.BAD
RULES = {rule.name: rule for rule in load_suites()}


def build(path: Path, statements: list[str]) -> Path:
    with duckdb.connect(str(path)) as connection:
        for schema in ("raw", "config", "staging", "core", "kpi", "demand", "capacity", "plan"):
            connection.execute(f"CREATE SCHEMA {schema}")
        for name, listed in CANONICAL.items():
            namespace, title = name.split(".")
            snake = "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(title))
            pairs = [column.split() for column in listed["columns"].split(",")]
            columns = ", ".join(f'"{column}" {TYPES[kind]}' for column, kind in pairs)
            technical = "_source VARCHAR, _extract_time TIMESTAMP, _sha256 VARCHAR, _extra VARCHAR"
            connection.execute(f"CREATE TABLE raw.{namespace}__{snake} ({columns}, {technical})")
        for table, columns in TABLES.items():
            connection.execute(f"CREATE TABLE {table} ({columns})")
        for statement in statements:
            connection.execute(statement)
    return path


def gates(path: Path, out: Path, rules: list[Rule]) -> list[GateResult]:
    return [run_gate(path, layer, rules, {}, out) for layer in LAYERS if any(rule.layer == layer for rule in rules)]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("good") / "build.duckdb", [*CONFIG, *GOOD])


def test_every_shipped_rule_has_data_that_fails_it() -> None:
    assert BAD.keys() == RULES.keys()


def test_right_data_passes_every_rule(good: Path, tmp_path: Path) -> None:
    results = [result for gate in gates(good, tmp_path, list(RULES.values())) for result in gate.results]
    assert {result.name for result in results} == RULES.keys()
    assert [f"{r.name}: {r.status} {r.detail}" for r in results if r.status is not Status.PASSED] == []
    # A rule that found nothing to look at would pass for the wrong reason.
    assert [r.name for r in results if "no rows" in r.detail or "no value" in r.detail] == []


def test_a_company_that_lacks_every_object_passes(tmp_path: Path) -> None:
    path = build(tmp_path / "build.duckdb", CONFIG)
    results = [result for gate in gates(path, tmp_path, list(RULES.values())) for result in gate.results]
    assert [f"{r.name}: {r.status} {r.detail}" for r in results if r.status is not Status.PASSED] == []


@pytest.mark.parametrize("name", sorted(BAD))
def test_wrong_data_fails_the_rule_meant_for_it(good: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "build.duckdb"
    shutil.copyfile(good, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(BAD[name].replace("{deals}", "staging.stg_salesforce__opportunity"))
    rule = RULES[name]
    (verdict,) = gates(path, tmp_path / "out", [rule])
    (result,) = verdict.results
    blocks = rule.severity == "error" or rule.max_failure_rate is not None
    assert result.status is (Status.FAILED if blocks else Status.WARNED), result.detail
    if result.failed_rows is not None:
        assert result.failed_rows > 0
        assert Path(f"{result.failing_rows}.csv").exists()
