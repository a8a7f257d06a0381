"""What a verdict says, and that two verdicts about different data never become one."""

from __future__ import annotations

import pytest

from expectations.data_docs import headline
from expectations.verdict import GateResult, RuleResult, Status, TableState, combine
from warehouse.errors import CheckFailedError


def result(name: str, status: Status, failed: int | None = 0, checked: int | None = 10) -> RuleResult:
    return RuleResult(
        name=name,
        layer="marts",
        table="core.t",
        expectation="expect_column_values_to_not_be_null",
        kwargs={"column": "a"},
        severity="error",
        max_failure_rate=None,
        question="Is it?",
        how_to_fix="Do it.",
        key=("a",),
        source="marts/t.yml:3",
        check_version="v1",
        status=status,
        failed_rows=failed,
        checked_rows=checked,
    )


def gate(*results: RuleResult, layer: str = "marts", state: str = "h1") -> GateResult:
    return GateResult(layer, results, {"core.t": TableState(10, state)})


@pytest.mark.parametrize("status", [Status.PASSED, Status.WARNED, Status.ACCEPTED])
def test_only_three_statuses_let_publishing_go_on(status: Status) -> None:
    assert gate(result("a", status)).may_publish


@pytest.mark.parametrize("status", [Status.FAILED, Status.ERRORED, Status.NOT_RUN, Status.BLOCKED])
def test_every_other_status_blocks_and_is_named(status: Status) -> None:
    blocked = gate(result("a", Status.PASSED), result("guilty", status))
    assert not blocked.may_publish
    with pytest.raises(CheckFailedError, match="guilty"):
        blocked.require()


def test_a_gate_that_checked_nothing_does_not_let_publishing_go_on() -> None:
    assert not gate().may_publish
    assert not combine([]).may_publish
    assert not combine([gate(result("a", Status.PASSED)), GateResult("raw", (), {})]).may_publish


def test_the_hash_is_over_outcome_version_and_data_and_not_over_time() -> None:
    from dataclasses import replace

    base = gate(result("a", Status.PASSED))
    assert gate(replace(result("a", Status.PASSED), seconds=9.0)).hash == base.hash
    assert gate(result("a", Status.WARNED)).hash != base.hash
    assert gate(replace(result("a", Status.PASSED), check_version="v2")).hash != base.hash
    assert gate(result("a", Status.PASSED), state="h2").hash != base.hash


def test_a_table_that_changed_between_two_gates_blocks() -> None:
    both = combine([gate(result("a", Status.PASSED)), gate(result("b", Status.PASSED), layer="staging", state="h2")])
    assert both.problems == ("core.t changed between two gates",)
    assert not both.may_publish


def test_two_gates_that_report_one_check_block() -> None:
    assert not combine([gate(result("a", Status.PASSED)), gate(result("a", Status.PASSED), layer="raw")]).may_publish


def test_an_acceptance_is_unused_only_if_no_gate_uses_it() -> None:
    first = GateResult("raw", (result("a", Status.ACCEPTED),), {}, (), ("b",))
    second = GateResult("marts", (result("b", Status.PASSED),), {}, (), ("a", "b"))
    assert combine([first, second]).unused_acceptances == ("b",)


def test_the_failure_rate_is_guarded() -> None:
    assert result("a", Status.FAILED, 1, 4).failure_rate == 0.25
    assert result("a", Status.PASSED, 0, 0).failure_rate is None
    assert result("a", Status.PASSED, None, None).failure_rate is None


def test_the_headline_counts_what_blocks() -> None:
    bad = [result(name, Status.FAILED) for name in "abc"]
    assert headline(gate(*bad)) == "3 rules block publishing"
    assert headline(gate(bad[0])) == "1 rule blocks publishing"
    assert headline(gate(result("a", Status.WARNED))) == "Nothing blocks publishing"
    assert headline(gate()).startswith("Publishing is blocked")
