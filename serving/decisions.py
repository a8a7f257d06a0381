"""Decisions about a plan: who submitted it, who signed it, what came of it. The ledger is the only memory.

A plan is what one snapshot proposes, known by the hash of what is signed. Its decision goes submitted -> approved (by every
approver, in order) -> implemented, or submitted -> rejected; a rejected plan may be submitted again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from warehouse.errors import ConfigurationError, StateError
from warehouse.ledger import Event, Ledger
from warehouse.plan_parameters import Approver

if TYPE_CHECKING:
    from serving.plan import ServedPlan

KIND = "decision"
SUBMITTED, APPROVED, REJECTED, IMPLEMENTED = "submitted", "approved", "rejected", "implemented"
OPEN = (SUBMITTED, APPROVED)
_BODY = ("decision", "event", "plan_hash", "plan_as_of", "by", "role", "reason")


@dataclass(frozen=True)
class Decision:
    """One decision and what happened to it, oldest first; `approvers` are those of the day on which it was submitted."""

    decision_id: str
    plan_hash: str
    plan_as_of: str
    payload: str
    events: tuple[Event, ...]
    approvers: tuple[Approver, ...]

    @property
    def state(self) -> str:
        """submitted until every approver signed; the last event's name otherwise."""
        last = str(self.events[-1].body["event"])
        return SUBMITTED if last == APPROVED and not {a.name for a in self.approvers}.issubset(self.signed_by) else last

    @property
    def submitted_by(self) -> str:
        """Who asked for the signatures."""
        return str(self.events[0].body["by"])

    @property
    def signed_by(self) -> list[str]:
        """The approvers so far, in their order."""
        return [str(event.body["by"]) for event in self.events if event.body["event"] == APPROVED]


def read(ledger: Ledger) -> list[Decision]:
    """Every decision, oldest first."""
    grouped: dict[str, list[Event]] = {}
    for event in ledger.events(KIND):
        missing = ({*_BODY, "payload", "approvers"} if event.body.get("event") == SUBMITTED else set(_BODY)) - event.body.keys()
        if missing:
            raise StateError(
                f"A decision in the ledger lacks {', '.join(sorted(missing))}",
                f"{ledger.file}, event {event.seq}",
                "restore the ledger folder from a backup; no version of this product writes such an event",
            )
        grouped.setdefault(str(event.body["decision"]), []).append(event)
    return [
        Decision(
            decision_id,
            str(events[0].body["plan_hash"]),
            str(events[0].body["plan_as_of"]),
            str(events[0].body["payload"]),
            tuple(events),
            tuple(Approver(**approver) for approver in events[0].body["approvers"]),
        )
        for decision_id, events in grouped.items()
    ]


def submit(ledger: Ledger, plan: ServedPlan, approvers: Sequence[Approver], by: str, reason: str) -> Decision:
    """Ask for the signatures under the plan that is served now; its content is kept beside the ledger.

    Raises:
        ConfigurationError: this plan was submitted already, or by one who would have to sign it.
    """
    by = _name(by)
    _require(by, "--by", "say who submits the plan")
    if any(_is_same_person(by, approver.name) for approver in approvers):
        raise ConfigurationError(
            f"{by} is an approver, and nobody signs what they submitted themselves", "--by", "let somebody else submit the plan"
        )
    with ledger.locked():
        same = [decision for decision in read(ledger) if decision.plan_hash == plan.plan_hash]
        if same and same[-1].state != REJECTED:
            waits = "waits for a signature" if same[-1].state == SUBMITTED else f"is {same[-1].state}"
            raise ConfigurationError(
                f"This plan was submitted already and {waits}", same[-1].decision_id, "see `salesops plan show`"
            )
        again = f"-{len(same) + 1}" if same else ""
        decision_id = f"plan-{plan.as_of.isoformat()}-{plan.plan_hash[:8]}{again}"
        body = _body(decision_id, SUBMITTED, plan.plan_hash, plan.as_of.isoformat(), by, "", reason)
        ledger.append(
            KIND,
            body | {"payload": ledger.keep(plan.to_json()), "approvers": [approver.model_dump() for approver in approvers]},
        )
        return find(ledger, decision_id)


def approve(ledger: Ledger, decision: Decision, by: str, reason: str) -> Decision:
    """Sign a submitted plan as the next approver.

    Raises:
        ConfigurationError: the decision does not wait for a signature, or not for this person's.
    """
    by = _name(by)
    with ledger.locked():
        decision = find(ledger, decision.decision_id)
        expected = waiting_for(decision)
        if expected is None:
            raise _not_waiting(decision)
        if not _is_same_person(by, expected.name):
            raise ConfigurationError(
                f"It is {expected.name}'s ({expected.role}) turn to sign, not {by or 'nobody'}'s",
                "--by; the approvers are those of business/plan.yml when it was submitted",
                f"give --by {expected.name!r}",
            )
        _four_eyes(decision, expected.name)
        return _append(ledger, decision, APPROVED, expected.name, expected.role, reason)


def reject(ledger: Ledger, decision: Decision, approvers: Sequence[Approver], by: str, reason: str) -> Decision:
    """Refuse a plan that waits for a signature, for a reason; `approvers` are those of today, who may refuse too.

    Raises:
        ConfigurationError: it does not wait, no reason was given, or the person is no approver.
    """
    by = _name(by)
    with ledger.locked():
        decision = find(ledger, decision.decision_id)
        known = (*approvers, *decision.approvers)
        if waiting_for(decision) is None:
            raise _not_waiting(decision)
        person = next((approver for approver in known if _is_same_person(by, approver.name)), None)
        if person is None:
            raise ConfigurationError(
                f"{by or 'Nobody'} is not an approver",
                "--by",
                f"give one of {', '.join(dict.fromkeys(a.name for a in known))}, or list the name in business/plan.yml",
            )
        _require(reason, "--reason", "say why; whoever proposed the plan reads it")
        return _append(ledger, decision, REJECTED, person.name, person.role, reason)


def implemented(ledger: Ledger, decision: Decision, by: str, what: str) -> Decision:
    """Write down that an approved plan was carried out.

    Raises:
        StateError: it was not approved.
    """
    with ledger.locked():
        decision = find(ledger, decision.decision_id)
        require_approved(decision)
        return _append(ledger, decision, IMPLEMENTED, _name(by), "executor", what)


def require_approved(decision: Decision) -> None:
    """Refuse to carry out what nobody signed.

    Raises:
        StateError: the decision is in another state than approved.
    """
    if decision.state != APPROVED:
        raise StateError(
            f"The plan is {decision.state}, and only an approved plan is carried out",
            decision.decision_id,
            "see `salesops plan show` for whose signature is missing",
        )


def waiting_for(decision: Decision) -> Approver | None:
    """Whose signature is missing next; None when the decision waits for nobody."""
    if decision.state != SUBMITTED:
        return None
    signed = set(decision.signed_by)
    return next((approver for approver in decision.approvers if approver.name not in signed), None)


def find(ledger: Ledger, decision_id: str = "") -> Decision:
    """A decision by its id, or the latest one.

    Raises:
        ConfigurationError: there is none.
    """
    known = read(ledger)
    found = [decision for decision in known if decision.decision_id == decision_id] if decision_id else known
    if not found:
        raise ConfigurationError(
            f"There is no decision {decision_id!r}" if known else "No plan was submitted yet",
            "the decision",
            "give one that `salesops plan log` lists" if known else "submit one with `salesops plan submit`",
        )
    return found[-1]


def event_rows(ledger: Ledger) -> list[dict[str, Any]]:
    """Every event of every decision, decision by decision, as the table ledger.decision_event holds it."""
    return [
        _event_row(replace(decision, events=decision.events[:count]))
        for decision in read(ledger)
        for count in range(1, len(decision.events) + 1)
    ]


def _event_row(then: Decision) -> dict[str, Any]:
    """The last event of a decision as it stood then."""
    event, missing = then.events[-1], waiting_for(then)
    return {
        "event_seq": event.seq,
        "decision_id": then.decision_id,
        "event": event.body["event"],
        "event_at": event.at,
        "by_name": event.body["by"],
        "by_role": event.body["role"],
        "reason": event.body["reason"],
        "plan_hash": then.plan_hash,
        "plan_as_of": then.plan_as_of,
        "state": then.state,
        "waiting_for": f"{missing.name} ({missing.role})" if missing else "",
        "signature": event.hash,
    }


def _append(ledger: Ledger, decision: Decision, event: str, by: str, role: str, reason: str) -> Decision:
    ledger.append(KIND, _body(decision.decision_id, event, decision.plan_hash, decision.plan_as_of, by, role, reason))
    return find(ledger, decision.decision_id)


def _body(decision: str, event: str, plan_hash: str, plan_as_of: str, by: str, role: str, reason: str) -> dict[str, Any]:
    return {
        "decision": decision,
        "event": event,
        "plan_hash": plan_hash,
        "plan_as_of": plan_as_of,
        "by": by,
        "role": role,
        "reason": _text(reason, "--reason"),
    }


def _four_eyes(decision: Decision, by: str) -> None:
    if _is_same_person(by, decision.submitted_by):
        raise ConfigurationError(
            f"{by} submitted this plan and cannot sign it",
            decision.decision_id,
            "let somebody else submit it, or another approver of business/plan.yml sign",
        )


def _not_waiting(decision: Decision) -> ConfigurationError:
    return ConfigurationError(
        f"The decision is {decision.state}, not submitted",
        decision.decision_id,
        "see `salesops plan log` for what happened to it",
    )


def _name(by: str) -> str:
    """A person's name as it is kept: blanks as people see them, nothing that a terminal would obey."""
    return _text(by, "--by")


def _text(given: str, option: str) -> str:
    text = " ".join(given.split())
    odd = next((char for char in text if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")), None)
    if odd is not None:
        raise ConfigurationError(
            f"It holds the character {odd.encode('unicode_escape').decode('ascii')}", option, "write it as plain text"
        )
    return text


def _is_same_person(one: str, other: str) -> bool:
    """Whether two spellings name one person: capitals, blanks and forms of letters do not make another."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _require(text: str, option: str, todo: str) -> None:
    if not text.strip():
        raise ConfigurationError("Something is missing", option, todo)
