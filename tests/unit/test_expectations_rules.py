"""Rules, what they mean in SQL, and contract quality rules turned into them; nothing is read or written."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from expectations.conditions import SQL_RULE, checked_rows, constant, failing_condition
from expectations.contract_quality import rules_from_contract_quality
from expectations.failing_rows import failing_rows_query
from expectations.rules import Rule, unique_names
from warehouse.errors import ConfigurationError

RULE = Rule(
    "stage_given", "raw", "raw.deals", "expect_column_values_to_not_be_null", {"column": "stage"}, "error", "Is it?", "Do it."
)


def quality(rule: dict[str, Any], column: str | None = "Amount", **more: Any) -> Rule:
    entry = {"table": "raw.salesforce__opportunity", "column": column, "rule": rule, "source_file": "c.yml", "line": 7, **more}
    (made,) = rules_from_contract_quality([entry])
    return made


def test_a_rule_reworded_keeps_its_version_and_a_rule_redefined_does_not() -> None:
    assert replace(RULE, question="Another?", how_to_fix="Differently.", source="x:1").check_version == RULE.check_version
    assert replace(RULE, kwargs={"column": "other"}).check_version != RULE.check_version
    assert replace(RULE, severity="warn").check_version != RULE.check_version


@pytest.mark.parametrize("name", ["a b", "a.b", "../x", "", "<b>"])
def test_a_name_that_cannot_name_a_check_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot name a check"):
        replace(RULE, name=name)


def test_two_rules_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="stage_given"):
        unique_names([RULE, replace(RULE, table="raw.other")])


def test_quotes_in_values_and_names_stay_values_and_names() -> None:
    condition = failing_condition("expect_column_values_to_be_in_set", {"column": 'a"b', "value_set": ["x'; DROP TABLE t; --"]})
    assert condition == '"a""b" IS NOT NULL AND NOT "a""b" IN (\'x\'\'; DROP TABLE t; --\')'


def test_constants_keep_their_type() -> None:
    assert constant(True) == "TRUE"
    assert constant(1.5) == "1.5"
    assert constant(dt.date(2024, 2, 29)) == "DATE '2024-02-29'"
    assert constant(None) == "NULL"


def test_an_open_bound_is_no_bound() -> None:
    kwargs = {"column": "x", "min_value": 0, "strict_min": True}
    assert failing_condition("expect_column_values_to_be_between", kwargs) == '"x" IS NOT NULL AND ("x" <= 0)'


def test_an_append_only_table_is_checked_at_its_newest_versions() -> None:
    assert checked_rows("raw.deals", ["Id"], []) == 'SELECT * FROM "raw"."deals"'
    assert 'PARTITION BY "_source", "Id" ORDER BY "M" DESC NULLS LAST' in checked_rows("raw.deals", ["_source", "Id"], ["M"])


def test_a_rule_about_the_whole_table_lists_no_rows() -> None:
    whole = replace(RULE, expectation="expect_table_row_count_to_be_between", kwargs={"min_value": 1})
    assert failing_rows_query(whole) is None


@pytest.mark.parametrize(
    ("rule", "expectation", "kwargs"),
    [
        ({"metric": "nullValues", "mustBe": 0}, "expect_column_values_to_not_be_null", {"column": "Amount"}),
        ({"rule": "nullCheck", "mustBe": 0}, "expect_column_values_to_not_be_null", {"column": "Amount"}),
        ({"metric": "duplicateValues", "mustBe": 0}, "expect_column_values_to_be_unique", {"column": "Amount"}),
        (
            {"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": ["a", "b"]}},
            "expect_column_values_to_be_in_set",
            {"column": "Amount", "value_set": ["a", "b"]},
        ),
        (
            {"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "^x"}},
            "expect_column_values_to_match_regex",
            {"column": "Amount", "regex": "^x"},
        ),
        (
            {"metric": "invalidValues", "mustBe": 0, "arguments": {"minimum": 0, "maximum": 100}},
            "expect_column_values_to_be_between",
            {"column": "Amount", "min_value": 0, "max_value": 100},
        ),
        ({"metric": "rowCount", "mustBeGreaterThan": 10}, "expect_table_row_count_to_be_between", {"min_value": 11}),
        (
            {"metric": "rowCount", "mustBeBetween": [1, 9]},
            "expect_table_row_count_to_be_between",
            {"min_value": 1, "max_value": 9},
        ),
        (
            {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["A", "B"]}},
            "expect_compound_columns_to_be_unique",
            {"column_list": ["A", "B"]},
        ),
    ],
)
def test_every_library_metric_of_a_contract_becomes_its_expectation(
    rule: dict[str, Any], expectation: str, kwargs: dict[str, Any]
) -> None:
    made = quality(rule)
    assert (made.expectation, dict(made.kwargs)) == (expectation, kwargs)
    assert made.source == "c.yml:7"


def test_a_missing_value_may_be_a_word() -> None:
    made = quality({"metric": "missingValues", "mustBe": 0, "arguments": {"missingValues": ["n/a", None]}})
    assert made.kwargs["unexpected_rows_query"] == """SELECT * FROM {batch} WHERE "Amount" IS NULL OR "Amount" IN ('n/a')"""


def test_a_share_that_may_fail_warns_up_to_that_share() -> None:
    made = quality({"metric": "nullValues", "unit": "percent", "mustBeLessOrEqualTo": 5}, severity="error")
    assert (made.severity, made.max_failure_rate) == ("warn", 0.05)


def test_a_measuring_query_fails_when_its_number_is_not_what_was_promised() -> None:
    made = quality({"type": "sql", "query": "SELECT count(*) FROM ${table} WHERE ${column} < 0 AND x = '{}'", "mustBe": 0})
    assert made.expectation == SQL_RULE
    assert made.kwargs["unexpected_rows_query"].format(batch="B") == (
        "SELECT * FROM (SELECT count(*) FROM B WHERE \"Amount\" < 0 AND x = '{}') AS measured (value) "
        "WHERE NOT coalesce(value = 0, FALSE)"
    )


def test_severities_of_contracts_are_known_words() -> None:
    assert quality({"metric": "nullValues", "mustBe": 0}, severity="warning").severity == "warn"
    assert quality({"metric": "nullValues", "mustBe": 0}, severity="critical").severity == "error"
    with pytest.raises(ConfigurationError, match=r"c\.yml:7"):
        quality({"metric": "nullValues", "mustBe": 0}, severity="loud")


def test_with_a_key_only_the_newest_version_of_a_record_is_checked() -> None:
    made = quality({"metric": "nullValues", "mustBe": 0}, key=["Id"], cursor="LastModifiedDate")
    assert made.key == ("_source", "Id")
    assert made.current_by == ("LastModifiedDate", "_extract_time", "_sha256")


def test_a_stated_name_is_kept_and_two_rules_never_share_one() -> None:
    shared = {"table": "raw.salesforce__lead", "column": "Email", "source_file": "c.yml", "line": 1}
    first = {**shared, "rule": {"name": "email ok", "metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "@"}}}
    second = {**shared, "rule": {"name": "email ok", "metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "x"}}}
    names = [rule.name for rule in rules_from_contract_quality([first, first, second])]
    assert names[0] == "raw_email_ok"
    assert len(names) == len(set(names)) == 2


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"metric": "sparkle", "mustBe": 0}, "not a metric"),
        ({"type": "custom", "engine": "soda"}, "are not run here"),
        ({"metric": "invalidValues", "mustBe": 0}, "does not say what is valid"),
        ({"metric": "nullValues", "mustBeLessThan": 10}, "cannot be judged row by row"),
        ({"metric": "nullValues", "mustBe": 0, "mustBeLessThan": 3}, "judged twice"),
        ({"type": "sql", "query": "SELECT 1", "mustBe": 1}, "never looks at the table"),
    ],
)
def test_a_quality_rule_that_cannot_be_checked_is_refused_by_file_and_line(rule: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as refusal:
        quality(rule)
    assert "c.yml:7" in str(refusal.value)


def test_a_rule_in_plain_words_states_nothing_to_check() -> None:
    text = {"table": "raw.a", "column": None, "rule": {"type": "text", "description": "be nice"}}
    assert rules_from_contract_quality([text]) == ()
