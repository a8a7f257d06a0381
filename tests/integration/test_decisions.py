"""Decisions about a plan: the order of signatures, four eyes, and that nothing is carried out that nobody signed."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from serving import decisions, outbox
from serving.decisions import Decision
from serving.plan import ServedPlan
from warehouse.errors import ConfigurationError, SalesOpsError, StateError
from warehouse.ledger import Ledger
from warehouse.plan_parameters import Approver

CHAIN = (Approver(name="Ada", role="sales leader"), Approver(name="Bo", role="finance"))


def plan(plan_hash: str = "f" * 64, owners: tuple[tuple[str, str], ...] = (("001A", "005B"),)) -> ServedPlan:
    assignments = pa.table(
        {
            "source": pa.array(["crm" if account.startswith("001") else "other_crm" for account, _ in owners], pa.string()),
            "source_account_id": pa.array([account for account, _ in owners], pa.string()),
            "to_source_user_id": pa.array([owner for _, owner in owners], pa.string()),
        }
    )
    empty = pa.table({"segment_id": pa.array([], pa.string())})
    tables = {"gap": empty, "hiring": empty, "levers": empty, "assignments": assignments}
    return ServedPlan("000001-abc", dt.date(2026, 10, 31), plan_hash, tables)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger")


def submitted(ledger: Ledger) -> Decision:
    return decisions.submit(ledger, plan(), CHAIN, "Cy", "quarterly plan")


def test_a_plan_is_approved_when_every_approver_signed_in_order(ledger: Ledger) -> None:
    decision = submitted(ledger)
    assert decisions.waiting_for(decision) == CHAIN[0]
    decision = decisions.approve(ledger, decision, "Ada", "")
    assert decision.state == "submitted"
    assert decisions.waiting_for(decision) == CHAIN[1]
    decision = decisions.approve(ledger, decision, "Bo", "within budget")
    assert decision.state == "approved"
    assert decision.signed_by == ["Ada", "Bo"]
    assert [row["event"] for row in decisions.event_rows(ledger)] == ["submitted", "approved", "approved"]


def test_however_many_sign_at_once_each_approver_counts_once(tmp_path: Path) -> None:
    decision = submitted(Ledger(tmp_path / "ledger"))

    def sign(by: str) -> bool:
        try:
            decisions.approve(Ledger(tmp_path / "ledger"), decision, by, "")
        except ConfigurationError:
            return False
        return True

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert sum(pool.map(sign, ["Ada"] * 8)) == 1
    now = decisions.find(Ledger(tmp_path / "ledger"))
    assert (now.signed_by, now.state) == (["Ada"], "submitted")


def test_a_decision_that_changed_since_it_was_looked_at_is_looked_at_again(ledger: Ledger) -> None:
    seen = submitted(ledger)
    decisions.reject(ledger, seen, CHAIN, "Bo", "no")
    with pytest.raises(ConfigurationError, match="rejected, not submitted"):
        decisions.approve(ledger, seen, "Ada", "")


@pytest.mark.parametrize("by", ["Ada ", "ada", " ADA", "A\u0064a", "\uff21\uff44\uff41"])
def test_another_spelling_is_not_another_person(ledger: Ledger, by: str) -> None:
    with pytest.raises(ConfigurationError, match="is an approver"):
        decisions.submit(ledger, plan(), CHAIN, by, "")
    other = decisions.submit(ledger, plan("e" * 64), CHAIN, "Cy", "")
    assert decisions.approve(ledger, other, by, "").signed_by == ["Ada"]


@pytest.mark.parametrize(("by", "reason"), [("\x1b[31mCy", ""), ("Cy", "a\x07b"), ("C\udcffy", "")])
def test_what_a_terminal_would_obey_is_not_kept(ledger: Ledger, by: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match="It holds the character"):
        decisions.submit(ledger, plan(), CHAIN, by, reason)
    assert decisions.read(ledger) == []


def test_an_event_that_lacks_something_is_damage(ledger: Ledger) -> None:
    ledger.append("decision", {"decision": "plan-x", "event": "submitted"})
    with pytest.raises(StateError, match="lacks approvers"):
        decisions.read(ledger)


@pytest.mark.parametrize(
    ("by", "says"),
    [("Bo", "Ada's"), ("Eve", "Ada's"), ("", "Ada's")],
)
def test_only_the_next_approver_signs(ledger: Ledger, by: str, says: str) -> None:
    decision = submitted(ledger)
    with pytest.raises(ConfigurationError, match=says):
        decisions.approve(ledger, decision, by, "")
    assert decisions.find(ledger).state == "submitted"


def test_nobody_signs_what_they_submitted(ledger: Ledger) -> None:
    # Who became an approver after a submission by an earlier version of the product.
    decision = decisions.submit(ledger, plan(), CHAIN[1:], "Ada", "")
    first = ledger.events("decision")[0].body
    ledger.append("decision", {**first, "decision": "old", "approvers": [approver.model_dump() for approver in CHAIN]})
    with pytest.raises(ConfigurationError, match="cannot sign it"):
        decisions.approve(ledger, decisions.find(ledger, "old"), "Ada", "")
    assert decisions.find(ledger, decision.decision_id).state == "submitted"


def test_a_rejection_needs_an_approver_and_a_reason_and_lets_the_plan_come_again(ledger: Ledger) -> None:
    decision = submitted(ledger)
    with pytest.raises(ConfigurationError, match="not an approver"):
        decisions.reject(ledger, decision, CHAIN, "Eve", "no")
    with pytest.raises(ConfigurationError, match="--reason"):
        decisions.reject(ledger, decision, CHAIN, "Bo", "  ")
    rejected = decisions.reject(ledger, decision, CHAIN, "Bo", "too expensive")
    assert rejected.state == "rejected"
    with pytest.raises(ConfigurationError, match="rejected, not submitted"):
        decisions.approve(ledger, rejected, "Ada", "")
    again = submitted(ledger)
    assert again.decision_id != decision.decision_id
    assert again.state == "submitted"


def test_the_same_plan_is_not_submitted_twice(ledger: Ledger) -> None:
    submitted(ledger)
    with pytest.raises(ConfigurationError, match="submitted already"):
        submitted(ledger)
    assert len(decisions.read(ledger)) == 1


def test_the_approvers_are_those_of_the_day_of_submission_and_a_newcomer_may_refuse(ledger: Ledger) -> None:
    decision = decisions.submit(ledger, plan(), CHAIN[:1], "Cy", "")
    assert decision.approvers == CHAIN[:1]
    assert decisions.reject(ledger, decision, CHAIN[1:], "Bo", "Ada has left").state == "rejected"


def test_nothing_is_written_before_the_last_signature(ledger: Ledger, tmp_path: Path) -> None:
    decision = decisions.approve(ledger, submitted(ledger), "Ada", "")
    with pytest.raises(StateError, match="only an approved plan"):
        outbox.write_rep_assignment(ledger, decision, tmp_path / "outbox")
    with pytest.raises(StateError, match="only an approved plan"):
        decisions.implemented(ledger, decision, "Di", "")
    assert not (tmp_path / "outbox").exists()


def approved(ledger: Ledger, proposed: ServedPlan) -> Decision:
    decision = decisions.submit(ledger, proposed, CHAIN[:1], "Cy", "")
    return decisions.approve(ledger, decision, "Ada", "")


def test_an_approved_plan_writes_what_was_signed_and_can_be_carried_out_again(ledger: Ledger, tmp_path: Path) -> None:
    decision = approved(ledger, plan(owners=(("001A", "005B"), ("001C", "005D"), ("=1+1", "005C"))))
    written = outbox.write_rep_assignment(ledger, decision, tmp_path / "outbox")
    path, other = written
    assert list(written.values()) == [2, 1]
    assert [each.name.removeprefix(f"rep_assignment_{decision.decision_id}") for each in written] == [
        "_crm.csv",
        "_other_crm.csv",
    ]
    assert path.read_text().splitlines() == ["Id,OwnerId", "001A,005B", "001C,005D"]
    assert not other.read_text().splitlines()[1].startswith("=")
    done = decisions.implemented(ledger, decision, "Di", "loaded")
    assert done.state == "implemented"
    before = path.read_bytes()
    assert outbox.write_rep_assignment(ledger, done, tmp_path / "outbox") == written
    assert path.read_bytes() == before


def test_a_plan_without_a_new_owner_writes_no_file(ledger: Ledger, tmp_path: Path) -> None:
    assert outbox.write_rep_assignment(ledger, approved(ledger, plan(owners=())), tmp_path / "outbox") == {}


def test_a_signed_plan_that_was_changed_on_the_disk_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    decision = approved(ledger, plan())
    payload = ledger.folder / "payloads" / decision.payload
    payload.write_bytes(payload.read_bytes().replace(b"005B", b"005X"))
    with pytest.raises(StateError, match="was changed"):
        outbox.write_rep_assignment(ledger, decision, tmp_path / "outbox")
    payload.unlink()
    with pytest.raises(StateError, match="is gone"):
        outbox.write_rep_assignment(ledger, decision, tmp_path / "outbox")


def test_there_is_nothing_to_sign_before_something_was_submitted(ledger: Ledger) -> None:
    with pytest.raises(SalesOpsError, match="No plan was submitted yet"):
        decisions.find(ledger)
    submitted(ledger)
    with pytest.raises(SalesOpsError, match="no decision 'plan-x'"):
        decisions.find(ledger, "plan-x")
