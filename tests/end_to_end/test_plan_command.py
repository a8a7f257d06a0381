"""`salesops plan` as those meet it who propose, sign and carry out: who may do what, when, and what comes of it."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from serving.publish import current
from serving.query import query
from tests.end_to_end.conftest import PUBLISHED, Command, SampleRun
from tests.end_to_end.oracle_compare import Served, differences, report
from tests.end_to_end.oracle_decisions import decision
from warehouse.home import Home

APPROVER = "VP Sales"
REFUSED, DAMAGED = 10, 17


@pytest.fixture
def home(sample_run: SampleRun, tmp_path: Path) -> Home:
    """A copy of the sample's home, to decide in."""
    place = Home(tmp_path / "home")
    shutil.copytree(sample_run.home.root, place.root, symlinks=True)
    return place


class Plan:
    """`salesops plan` in one home."""

    def __init__(self, salesops: Command, home: Home) -> None:
        self._salesops, self.home = salesops, home

    def says(self, command: str, *arguments: str) -> str:
        """What a command prints that succeeds."""
        return self._salesops("plan", command, "--home", self.home.root, *arguments).stdout

    def refuses(self, command: str, *arguments: str, code: int = REFUSED) -> str:
        """What a command says that ends with an exit code; it says one readable paragraph and leaves the outbox as it was."""
        before = self.outbox()
        result = self._salesops("plan", command, "--home", self.home.root, *arguments, expect=code)
        assert "What to do" in result.stderr
        assert "Traceback" not in result.stderr
        assert self.outbox() == before
        return result.stderr

    def outbox(self) -> dict[str, bytes]:
        """Every file that would reach another system."""
        return {path.name: path.read_bytes() for path in self.home.outbox.glob("*")}


@pytest.fixture
def plan(salesops: Command, home: Home) -> Plan:
    return Plan(salesops, home)


def test_show_tells_the_loop_and_whose_turn_it_is(sample_run: SampleRun, salesops: Command) -> None:
    shown = Plan(salesops, sample_run.home).says("show")
    for text in ("demand p50", "capacity", "target", "gap", "hires", "pays back in months", "Nobody submitted it yet"):
        assert text in shown
    months = query(sample_run.home.serving, "select min(month_start) as first from plan.gap").to_pylist()
    assert f"{months[0]['first']:%Y-%m}" in shown
    accounts = query(sample_run.home.serving, "select count(*) as n from plan.rep_assignment").to_pylist()
    assert f"get a new one: {accounts[0]['n']:,}" in shown
    assert "No plan was submitted yet" in Plan(salesops, sample_run.home).says("log")


def test_from_draft_to_the_crms_loader(plan: Plan, salesops: Command) -> None:
    """One plan, all the way; every step that comes too early is refused."""
    submitted = plan.says("submit", "--by", "Ada", "--reason", "quarterly plan")
    assert f"waiting for the approval of {APPROVER}" in submitted
    assert f"waiting for the approval of {APPROVER}" in plan.says("show")
    assert "submitted already" in plan.refuses("submit", "--by", "Bo")
    assert "only an approved plan" in plan.refuses("implement", "--by", "Cy", code=DAMAGED)
    assert f"It is {APPROVER}'s" in plan.refuses("approve", "--by", "Ada")
    assert plan.outbox() == {}

    assert f"approved by {APPROVER}" in plan.says("approve", "--by", APPROVER, "--reason", "within budget")
    assert "approved, not submitted" in plan.refuses("reject", "--by", APPROVER, "--reason", "second thoughts")
    assert plan.outbox() == {}

    proposed = query(plan.home.serving, "select source_account_id, to_source_user_id from plan.rep_assignment").to_pylist()
    assert proposed
    assert f"{len(proposed):,} accounts get a new owner" in plan.says("implement", "--by", "Cy")
    ((name, content),) = plan.outbox().items()
    assert name.startswith("rep_assignment_plan-")
    written = {row["Id"]: row["OwnerId"] for row in csv.DictReader(content.decode().splitlines())}
    assert written == {row["source_account_id"]: row["to_source_user_id"] for row in proposed}
    plan.says("implement", "--by", "Cy")
    assert plan.outbox() == {name: content}

    log = plan.says("log")
    assert [log.count(event) for event in ("submitted", "approved", "implemented")] == [1, 1, 1]
    assert "implemented by Cy" in plan.says("show")

    before = current(plan.home.serving)
    salesops("run", "--home", plan.home.root, expect=PUBLISHED)
    after = current(plan.home.serving)
    assert before is not None
    assert after is not None
    assert after.version != before.version
    assert {t.full_name for t in after.tables if t.hash not in {s.hash for s in before.tables}} == {
        "plan.decision",
        "core.coverage",  # which counts its rows
    }
    served = Served(plan.home.serving / "current.duckdb")
    published = served.mart("plan.decision")
    expected = decision(plan.home.ledger, published[0]["plan_hash"], published[0]["plan_as_of"])
    rows = [{column: value for column, value in row.items() if column != "decision_event_id"} for row in published]
    found = differences(rows, expected, ("decision_id", "event_order"))
    assert not found, report("plan.decision", found)
    assert [row["event"] for row in sorted(rows, key=lambda row: row["event_order"])] == [
        "submitted",
        "approved",
        "implemented",
    ]
    assert [row["state"] for row in rows if row["is_latest"]] == ["implemented"]


def test_a_rejected_plan_is_not_carried_out_and_may_come_again(plan: Plan) -> None:
    plan.says("submit", "--by", "Ada")
    assert "not an approver" in plan.refuses("reject", "--by", "Eve", "--reason", "no")
    assert "say why" in plan.refuses("reject", "--by", APPROVER)
    assert "rejected" in plan.says("reject", "--by", APPROVER, "--reason", "too expensive")
    assert "too expensive" in plan.says("show")
    assert "rejected, not submitted" in plan.refuses("approve", "--by", APPROVER)
    assert "only an approved plan" in plan.refuses("implement", code=DAMAGED)
    again = plan.says("submit", "--by", "Ada", "--reason", "cheaper")
    first, second = [line for line in plan.says("log").splitlines() if "submitted" in line]
    assert first.split()[:3] != second.split()[:3]
    assert "waiting for the approval" in again


def test_nobody_signs_what_they_submitted(plan: Plan) -> None:
    assert "nobody signs what they submitted" in plan.refuses("submit", "--by", APPROVER)
    plan.says("submit", "--by", "Ada")
    plan.says("approve", "--by", APPROVER.upper())


def test_without_an_id_only_the_plan_that_is_served_is_signed(plan: Plan, salesops: Command) -> None:
    submitted = plan.says("submit", "--by", "Ada")
    earlier = submitted.split()[1].rstrip(":")
    salesops("run", "--home", plan.home.root, "--as-of", "2026-11-15", expect=PUBLISHED)
    shown = plan.says("show")
    assert "Nobody submitted it yet" in shown
    assert f"salesops plan approve --home {plan.home.root} {earlier} --by" in shown
    for command, *more in (("approve",), ("reject", "--reason", "x"), ("implement",)):
        assert earlier in plan.refuses(command, "--by", APPROVER, *more)
    assert f"Decision {earlier}: approved" in plan.says("approve", earlier, "--by", APPROVER)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("approve", "--by", APPROVER), "No plan was submitted yet"),
        (("reject", "--by", APPROVER, "--reason", "x"), "No plan was submitted yet"),
        (("implement",), "No plan was submitted yet"),
    ],
)
def test_a_decision_before_any_plan_was_submitted_is_refused(
    sample_run: SampleRun, salesops: Command, arguments: tuple[str, ...], says: str
) -> None:
    assert says in Plan(salesops, sample_run.home).refuses(*arguments)


def test_a_decision_that_does_not_exist_is_named(plan: Plan) -> None:
    plan.says("submit", "--by", "Ada")
    assert "no-such-plan" in plan.refuses("approve", "--by", APPROVER, "no-such-plan")
    assert "no-such-plan" in plan.refuses("implement", "no-such-plan")


@pytest.mark.parametrize("command", ["show", "submit"])
def test_without_a_published_version_there_is_no_plan(command: str, salesops: Command, tmp_path: Path) -> None:
    result = salesops("plan", command, "--home", tmp_path / "new", expect=None)
    assert result.returncode not in (0, 1)
    assert "published" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_command_that_does_not_exist_is_refused(salesops: Command) -> None:
    assert "No such command" in salesops("plan", "frobnicate", expect=REFUSED).stderr
