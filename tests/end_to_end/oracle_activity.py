"""kpi.rep_activity_day, recomputed from the exported tasks and events."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.end_to_end.oracle_inputs import Inputs, once
from tests.end_to_end.oracle_sales import Deal, rep_ids
from tests.end_to_end.oracle_values import Row, day, days_between, like, moment

COUNTS = {
    "emails_sent": "email",
    "calls_made": "call",
    "meetings_held": "meeting",
    "demos_completed": "demo",
    "proposals_sent": "proposal",
}
SELLING = ("call", "meeting", "demo")
NOT_HELD = ("no-show%", "no show%", "canceled%", "cancelled%")


@dataclass(frozen=True)
class Activity:
    """A task or an event that is neither deleted nor a child; `counts` says whether it took place."""

    kind: str
    owner: str
    local_day: date
    counts: bool
    seconds: float
    interval: tuple[datetime, datetime] | None


@once
def read_activities(inputs: Inputs) -> list[Activity]:
    """Every task and event of the CRM on its owner's local day."""
    activities = []
    for row in inputs.export("salesforce/Task"):
        if row["IsDeleted"] == "true":
            continue
        kind, start = _kind(inputs, "task", row), moment(row["CompletedDateTime"])
        seconds = float(row["CallDurationInSeconds"] or 0) if kind == "call" else 0.0
        local_day = _local_day(inputs, row["OwnerId"], start) if start else day(row["ActivityDate"])
        assert local_day is not None, row
        interval = (start, start + timedelta(seconds=seconds)) if start and seconds else None
        done = (row["IsClosed"] == "true" or row["Status"] == "Completed") and not row.get("IsReceived", False)
        activities.append(Activity(kind, row["OwnerId"], local_day, done, seconds, interval))
    for row in inputs.export("salesforce/Event"):
        if row["IsDeleted"] == "true" or row["IsChild"] == "true":
            continue
        start, end = moment(row["StartDateTime"]), moment(row["EndDateTime"])
        assert start is not None, row
        local_day = _local_day(inputs, row["OwnerId"], start)
        held = (
            row.get("IsHeld", True)
            and local_day <= inputs.as_of
            and not any(like(row["Subject"], pattern) for pattern in NOT_HELD)
        )
        interval = (start, end) if end and end > start else None
        activities.append(Activity(_kind(inputs, "event", row), row["OwnerId"], local_day, held, 0.0, interval))
    return activities


def _kind(inputs: Inputs, source: str, row: Row) -> str:
    fields = {"type": row["Type"], "task_subtype": row.get("TaskSubtype"), "subject": row["Subject"], "any": ""}
    for rule in inputs.business.activities["rules"]:
        if rule["object"] == source and like(fields[rule["field"]], rule["pattern"]):
            return str(rule["type"])
    raise AssertionError(f"no activity rule matches {row}")


def _local_day(inputs: Inputs, owner: str, at: datetime) -> date:
    person = inputs.people.get(owner)
    return at.astimezone(person.zone if person else inputs.business.zone).date()


def _midnight(at: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(at, time(), zone).astimezone(UTC)


def _selling_minutes(activities: list[Activity], zone: ZoneInfo) -> dict[date, float]:
    """Minutes of the union of a person's intervals in each of their local days."""
    pieces = defaultdict(list)
    for activity in activities:
        if activity.kind not in SELLING or not activity.counts or activity.interval is None:
            continue
        start, end = activity.interval
        for at in days_between(start.astimezone(zone).date(), end.astimezone(zone).date()):
            low, high = max(start, _midnight(at, zone)), min(end, _midnight(at + timedelta(days=1), zone))
            if low < high:
                pieces[at].append((low, high))
    minutes = {}
    for at, intervals in pieces.items():
        total, reached = timedelta(), datetime.min.replace(tzinfo=UTC)
        for low, high in sorted(intervals):
            total += max(timedelta(), high - max(low, reached))
            reached = max(reached, high)
        minutes[at] = total.total_seconds() / 60
    return minutes


def rep_activity_day(inputs: Inputs, deals: list[Deal]) -> list[Row]:
    """kpi.rep_activity_day: what each rep did, by day in the rep's zone."""
    activities = read_activities(inputs)
    captured_from: dict[str, date] = {}
    by_owner = defaultdict(list)
    for activity in activities:
        captured_from[activity.kind] = min(activity.local_day, captured_from.get(activity.kind, activity.local_day))
        by_owner[activity.owner].append(activity)
    first_event = min(
        [activity.local_day for activity in activities]
        + [at for deal in deals for at in (deal.created, deal.closed) if at is not None]
    )
    rows = []
    for user_id in rep_ids(inputs, deals):
        person, own = inputs.people[user_id], by_owner[user_id]
        counts = Counter((activity.kind, activity.local_day) for activity in own if activity.counts)
        seconds: dict[date, float] = defaultdict(float)
        for activity in own:
            if activity.kind == "call" and activity.counts:
                seconds[activity.local_day] += activity.seconds
        selling = _selling_minutes(own, person.zone)
        created = Counter(
            deal.created_at.astimezone(person.zone).date()
            for deal in deals
            if deal.owner == user_id and deal.is_counted and deal.created_at
        )
        first = max(person.hired or person.created or first_event, first_event)
        for at in days_between(first, min(person.ended or inputs.as_of, inputs.as_of)):
            captured = {kind for kind, since in captured_from.items() if at >= since}
            row: Row = {"user_id": user_id, "date_day": at, "opportunities_created": created[at]}
            for column, kind in COUNTS.items():
                row[column] = counts[kind, at] if kind in captured else None
                row[f"{column.split('_')[0]}_capture_status"] = "captured" if kind in captured else "not_captured"
            row["call_minutes"] = seconds[at] / 60 if "call" in captured else None
            row["selling_minutes"] = selling.get(at, 0.0) if captured & set(SELLING) else None
            working = inputs.business.working_minutes(at)
            measured = row["selling_minutes"] is not None and working > 0
            row["selling_pct_num"] = row["selling_minutes"] if measured else None
            row["selling_pct_den"] = working if measured else None
            row["selling_pct"] = 100 * row["selling_minutes"] / working if measured else None
            rows.append(row)
    return rows
