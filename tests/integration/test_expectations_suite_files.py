"""The loader of the suites refuses by file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations.rules import LAYERS, load_suite, load_suites
from warehouse.errors import ConfigurationError

GOOD = """about: deals
table: core.fct_opportunity
key: [source]
rules:
  - name: good_rule
    expectation: expect_column_values_to_not_be_null
    kwargs: {column: amount}
    severity: error
    question: Is it?
    how_to_fix: Do it.
"""


def load(folder: Path, text: str) -> None:
    path = folder / "deals.yml"
    path.write_text(text, encoding="utf-8")
    load_suite(path, "marts")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("table: core", "tabel: core", 2, "tabel"),
        ("core.fct_opportunity", "fct_opportunity", 2, "schema.table"),
        ("name: good_rule", "name: good rule", 5, "cannot name a check"),
        ("to_not_be_null", "to_not_be_nil", 6, "not an expectation"),
        ("{column: amount}", "{colum: amount}", 7, "takes no 'colum'"),
        ("{column: amount}", "{column: amount, mostly: 0.9}", 7, "takes no 'mostly'"),
        ("kwargs: {column: amount}", "kwargs: {}", 7, "needs"),
        ("severity: error", "severity: fatal", 8, "not a severity"),
        ("severity: error", "{severity: error", 8, "not valid YAML"),
        ("severity: error", "max_failure_rate: 2", 8, "not a failure rate"),
        ("severity: error", "max_failure_rate: 0.1", 8, "first failing row"),
        ("question: Is it?", "question: 7", 9, "text is expected"),
        ("how_to_fix: Do it.", "how_to_fix: ''", 10, "text is expected"),
        ("key: [source]", "key: source", 3, "list of names"),
        ("expectation: expect_column_values_to_not_be_null", "sql: SELECT 1", 6, "either sql or an expectation"),
    ],
)
def test_a_bad_suite_is_refused_by_file_line_and_key(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as refusal:
        load(tmp_path, GOOD.replace(old, new))
    assert "deals.yml" in str(refusal.value)
    if "YAML" not in message:
        assert f"deals.yml:{line}" in str(refusal.value)


def test_a_suite_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="without rules"):
        load(tmp_path, GOOD.split("rules:", maxsplit=1)[0] + "rules: []\n")


def test_a_query_that_never_looks_at_the_table_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("expectation: expect_column_values_to_not_be_null\n    kwargs: {column: amount}", "sql: SELECT 1")
    with pytest.raises(ConfigurationError, match="never looks"):
        load(tmp_path, text)


def test_one_name_in_two_suites_is_refused(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    for name in ("a.yml", "b.yml"):
        (tmp_path / "raw" / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="good_rule"):
        load_suites(tmp_path)


def test_the_shipped_suites_load_and_every_rule_says_what_a_person_needs() -> None:
    rules = load_suites()
    assert {rule.layer for rule in rules} == set(LAYERS)
    assert all(rule.question.endswith("?") and len(rule.how_to_fix) > 20 for rule in rules)
    assert all(rule.key for rule in rules)
    assert all(rule.current_by[-2:] == ("_extract_time", "_sha256") for rule in rules if rule.layer == "raw")
