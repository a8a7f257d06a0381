"""plan.decision, recomputed from the ledger's file."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

from tests.end_to_end.oracle_values import Row

KIND = "decision"


def decision(ledger: Path, plan_hash: str, as_of: date) -> list[Row]:
    """plan.decision: every event of every decision, and a draft where nobody decided about the present plan.

    Args:
        ledger: the folder of the ledger.
        plan_hash: of the plan that is proposed now.
        as_of: of the same plan.
    """
    by_decision: dict[str, list[Row]] = defaultdict(list)
    file = ledger / "events.jsonl"
    for line in file.read_text().splitlines() if file.exists() else []:
        event = json.loads(line)
        if event["kind"] == KIND:
            by_decision[event["body"]["decision"]].append(event)
    rows = []
    for decision_id, events in by_decision.items():
        approvers = events[0]["body"]["approvers"]
        signed: list[str] = []
        for order, event in enumerate(events, 1):
            body = event["body"]
            if body["event"] == "approved":
                signed.append(body["by"])
            state = "submitted" if body["event"] == "approved" and len(signed) < len(approvers) else body["event"]
            missing = next((a for a in approvers if a["name"] not in signed), None) if state == "submitted" else None
            rows.append(
                {
                    "decision_id": decision_id,
                    "event": body["event"],
                    "event_order": order,
                    "event_at": datetime.fromisoformat(event["at"].replace("Z", "+00:00")).replace(tzinfo=None),
                    "by_name": body["by"],
                    "by_role": body["role"],
                    "reason": body["reason"],
                    "plan_hash": body["plan_hash"],
                    "plan_as_of": date.fromisoformat(body["plan_as_of"]),
                    "state": state,
                    "is_latest": order == len(events),
                    "is_current_plan": body["plan_hash"] == plan_hash,
                    "waiting_for": f"{missing['name']} ({missing['role']})" if missing else "",
                    "signature": event["hash"],
                }
            )
    if all(row["plan_hash"] != plan_hash for row in rows):
        rows.append(
            {
                "decision_id": None,
                "event": "draft",
                "event_order": 0,
                "event_at": None,
                "by_name": None,
                "by_role": None,
                "reason": "",
                "plan_hash": plan_hash,
                "plan_as_of": as_of,
                "state": "draft",
                "is_latest": True,
                "is_current_plan": True,
                "waiting_for": "submission",
                "signature": None,
            }
        )
    return rows
