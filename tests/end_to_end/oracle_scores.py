"""demand.lead_score and demand.hot_lead, recomputed from the exported leads, people and events."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from math import floor, fsum

from tests.end_to_end.oracle_exports import events
from tests.end_to_end.oracle_inputs import Inputs, once
from tests.end_to_end.oracle_leads import Lead, matches, read_leads
from tests.end_to_end.oracle_sales import Deal, rep_ids
from tests.end_to_end.oracle_values import Row, like, sql_key

TEXTS = {"lead_source": "LeadSource", "industry": "Industry", "country": "Country", "title": "Title"}
NUMBERS = {"employees": "NumberOfEmployees", "annual_revenue": "AnnualRevenue"}
SHOWN = 3


def open_leads(inputs: Inputs, deals: list[Deal]) -> list[Lead]:
    """Leads that somebody may still work on."""
    closed = inputs.business.funnel["closed"]
    return [lead for lead in read_leads(inputs, deals) if lead.is_open and not matches(lead.record, closed)]


@once
def lead_score(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """demand.lead_score: every open lead as of today."""
    scoring = inputs.business.scoring
    of_address = _events_of_address(inputs)
    rows = []
    for lead in open_leads(inputs, deals):
        fits = [(float(rule["points"]), str(rule["reason"])) for rule in scoring["fit"] if _fits(lead.record, rule)]
        address = _address(lead.record["Email"])
        used = of_address.get(address, []) if address else []
        behaviour, by_reason = _behaviour(inputs, used)
        fit = min(100.0, max(0.0, fsum(points for points, _ in fits)))
        score = scoring["fit_share"] * fit + (1 - scoring["fit_share"]) * behaviour
        parts = [*fits, *((points, reason) for reason, points in by_reason.items())]
        good = sorted((-points, reason) for points, reason in parts if points > 0)
        bad = sorted((points, reason) for points, reason in parts if points < 0)
        rows.append(
            {
                "lead_id": lead.record["Id"],
                "owner_id": lead.record["OwnerId"],
                "segment_id": lead.segment,
                "model": "points",
                "scored_on": inputs.as_of,
                "fit": fit,
                "behaviour": behaviour,
                "score": score,
                "grade": _grade(inputs, score),
                "events": len(used),
                "last_event_date": max((at for at, _ in used), default=None),
                **{f"reason_{place}": _text(good, place) for place in range(1, SHOWN + 1)},
                **{f"drag_{place}": _text(bad, place) for place in range(1, SHOWN + 1)},
            }
        )
    return rows


def _text(ranked: list[tuple[float, str]], place: int) -> str | None:
    return ranked[place - 1][1] if len(ranked) >= place else None


def _fits(lead: Row, rule: Row) -> bool:
    if rule["field"] in TEXTS:
        return like(lead[TEXTS[rule["field"]]], rule["pattern"])
    value = lead[NUMBERS[rule["field"]]]
    return value is not None and rule.get("min", float("-inf")) <= float(value) < rule.get("below", float("inf"))


def _behaviour(inputs: Inputs, used: list[tuple[date, Row]]) -> tuple[float, dict[str, float]]:
    """Points for what somebody did, capped by group, and the uncapped sum behind each reason."""
    groups: dict[str, list[float]] = defaultdict(list)
    reasons: dict[str, list[float]] = defaultdict(list)
    for at, rule in used:
        points = rule["points"] * 0.5 ** ((inputs.as_of - at).days / rule["half_life_days"])
        groups[rule["group"]].append(points)
        reasons[rule["reason"]].append(points)
    caps = inputs.business.scoring["caps"]
    total = fsum(min(caps.get(group, float("inf")), fsum(points)) for group, points in groups.items())
    return min(100.0, max(0.0, total)), {reason: fsum(points) for reason, points in reasons.items()}


def _grade(inputs: Inputs, score: float) -> str:
    reached = {grade: at for grade, at in inputs.business.scoring["grades"].items() if at <= score}
    return str(max(reached, key=lambda grade: reached[grade]))


def _events_of_address(inputs: Inputs) -> dict[str, list[tuple[date, Row]]]:
    """Day and rule of each event that counts, by the e-mail address of whoever did it."""
    people = inputs.export("encharge/people")
    names: dict[str, set[str]] = defaultdict(set)
    # An id beats a user id beats an address; a name that two people share is nobody's.
    known: dict[str, str] = {}
    for column in ("email", "userId", "id"):
        names.clear()
        for person in people:
            if person[column] is not None:
                names[person[column].lower()].add(person["id"])
        known |= {name: next(iter(ids)) for name, ids in names.items() if len(ids) == 1}
    address = {person["id"]: _address(person["email"]) for person in people}
    found: dict[str, list[tuple[date, Row]]] = defaultdict(list)
    for event in events(inputs.folder):
        at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).astimezone(inputs.business.zone).date()
        rule = next((rule for rule in inputs.business.scoring["behaviour"] if like(event["type"], rule["pattern"])), None)
        mail = address.get(known.get(event["person"].lower(), ""))
        if at <= inputs.as_of and rule is not None and mail:
            found[mail].append((at, rule))
    return found


def _address(text: str | None) -> str | None:
    return text.strip().lower() if text else None


def hot_lead(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """demand.hot_lead: the best open leads, as many as can be called."""
    scoring = inputs.business.scoring
    active = [person for person in inputs.people.values() if person.is_active]
    callers = [p for p in active if any(like(p.role or p.title, pattern) for pattern in scoring["router_roles"])]
    reps = set(rep_ids(inputs, deals))
    people = len(callers) or sum(person.user_id in reps for person in active)
    capacity = floor(scoring["hot"]["leads_per_person_week"] * people)
    good = [row for row in lead_score(inputs, deals) if row["score"] >= scoring["hot"]["min_score"]]
    sources = {lead.record["Id"]: lead.record["Source"] for lead in open_leads(inputs, deals)}
    hot = sorted(good, key=lambda row: (-round(row["score"], 9), sql_key(sources[row["lead_id"]], row["lead_id"])))[:capacity]
    return [
        {
            "lead_id": row["lead_id"],
            "owner_id": row["owner_id"],
            "alert_on": inputs.as_of,
            "channel": scoring["hot"]["channel"],
            "score": row["score"],
            "threshold": min(chosen["score"] for chosen in hot),
            "capacity": capacity,
        }
        for row in hot
    ]
