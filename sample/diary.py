"""The Task and Event exports: activities as the CRM keeps them, with no-shows, child events, gaps and forgotten to-dos."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells
from sample.activities import CALL, DEMO, EMAIL, MEETING, PROPOSED, TODO, Activities
from sample.archive import Versions, crm
from sample.draws import Flags, Ints, lognormal
from sample.ids import numbered
from sample.people import NEVER
from sample.timeline import DAY, distinct
from sample.traits import Traits
from sample.world import World

_SUBJECTS = {
    EMAIL: ("Email: introduction", "Email: follow-up", "Email: meeting notes", "Email: pricing question", "Email: case study"),
    CALL: ("Call: first contact", "Call: follow-up", "Call: qualification", "Call: negotiation"),
    TODO: ("Prepare account plan", "Update contact data", "Research competitor", "Send contract to legal"),
    PROPOSED: ("Proposal sent", "Proposal sent: revised offer"),
    MEETING: ("Discovery meeting", "Check-in", "Workshop", "Contract review", "Business review"),
    DEMO: ("Product demo", "Demo with technical team"),
}
_WIDEST = max(len(subjects) for subjects in _SUBJECTS.values())
_KINDS = len(_SUBJECTS)
_FLAT = [_SUBJECTS[kind][place % len(_SUBJECTS[kind])] for kind in range(_KINDS) for place in range(_WIDEST)]
# Held, not attended, called off: the last two change the subject, as the reps of this company do it.
_PREFIXES = ("", "No-show: ", "Canceled: ")
_EVENT_SUBJECTS = [prefix + subject for prefix in _PREFIXES for subject in _FLAT]
_SUBTYPES = ("Email", "Call", "Task", "Email")
_TASK_TYPES = ("Email", "Call", "Other", "Proposal")
_EVENT_TYPES = ("Meeting", "Demo")
_DISPOSITIONS = ("Connected", "Left voicemail", "No answer", "Busy")
_STATUSES = ("Completed", "Not Started", "In Progress")
# Slips: written down more than a week later, dated in another year, ending before they begin, lasting all day.
_LATE, _AHEAD, _NEGATIVE, _ALL_DAY = 0.004, 0.0002, 0.0005, 0.001


@dataclass(frozen=True)
class Entries:
    """The tasks or the events: one entry per record, with when it was written down, when it was done, and its slips.

    `noted` and `moment` are in seconds; `linked` is the moment at which a conversion made the contact that it names.
    """

    what: Activities
    traits: Traits
    noted: Ints
    moment: Ints
    linked: Ints
    slips: dict[str, Flags]

    @property
    def every(self) -> Ints:
        """The number of each record."""
        return np.arange(len(self.noted), dtype=np.int64)


def tasks(world: World, work: Activities) -> Entries:
    """The activities that the CRM keeps as tasks."""
    what, traits = _of(work, work.kind < MEETING), Traits(world.seed, "task")
    span, every = world.span, np.arange(len(what.kind), dtype=np.int64)
    zone = world.people.zone[what.owner]
    moment = span.moment(what.day.astype(np.int64), what.minute.astype(np.int64), zone, traits.below("second", 60, every))
    waiting = (what.kind != PROPOSED) & (what.day > span.last - 15) & traits.chance("waiting", 0.2, every)
    # Logged when done; to-dos and what still waits were written down some days before.
    early = waiting | (what.kind == TODO)
    noted = np.where(early, moment - traits.below("early", 3 * DAY, every), moment)
    late = ~early & traits.chance("late", _LATE, every)
    noted = np.where(late, moment + traits.between("late by", 8 * DAY, 20 * DAY, every), noted)
    late &= noted < span.end
    noted = np.where(noted < span.end, noted, moment)
    ahead = ~early & ~late & (what.kind != PROPOSED) & traits.chance("ahead", _AHEAD, every)
    return Entries(
        what, traits, _since_opening(world, noted, moment), moment, _linked(world, what),
        {"waiting": waiting, "late": late, "ahead": ahead},
    )  # fmt: skip


def events(world: World, work: Activities) -> Entries:
    """The activities that the CRM keeps in the calendar."""
    what, traits = _of(work, work.kind >= MEETING), Traits(world.seed, "event")
    span, every = world.span, np.arange(len(what.kind), dtype=np.int64)
    start = span.moment(what.day.astype(np.int64), what.minute.astype(np.int64) // 30 * 30, world.people.zone[what.owner])
    noted = np.minimum(start - traits.between("early", DAY // 8, 9 * DAY, every), span.end - 1)
    negative = ~what.is_child & traits.chance("negative", _NEGATIVE, every)
    all_day = ~what.is_child & ~negative & (start < span.end - DAY) & traits.chance("all day", _ALL_DAY, every)
    return Entries(
        what, traits, _since_opening(world, noted, start), start, _linked(world, what),
        {"negative": negative, "all_day": all_day},
    )  # fmt: skip


def _of(work: Activities, which: Flags) -> Activities:
    places = np.flatnonzero(which)
    return Activities(*(getattr(work, name)[places] for name in Activities.__dataclass_fields__))


def _since_opening(world: World, noted: Ints, moment: Ints) -> Ints:
    """Nothing was written down before the CRM, its leads and its deals were there."""
    return np.maximum(noted, np.minimum(moment, world.span.first * DAY + 8 * 3600))


def _linked(world: World, what: Activities) -> Ints:
    converted = np.where(what.lead >= 0, world.leads.converted[what.lead], -1)
    return np.where(converted >= 0, converted, np.where(what.lead >= 0, NEVER, 0))


def versions(world: World, todo: Entries, calendar: Entries) -> list[Versions]:
    """Task and Event with all their versions: written down, done, and handed from a lead to the contact that it became."""
    task_record, task_day = _states(world, todo, np.where(todo.slips["waiting"], todo.noted, todo.moment))
    event_record, event_day = _states(world, calendar, calendar.moment)

    def task_rows(which: Ints) -> pa.Table:
        return _task_rows(world, todo, task_record[which], task_day[which])

    def event_rows(which: Ints) -> pa.Table:
        return _event_rows(world, calendar, event_record[which], event_day[which])

    return [crm("Task", task_record, task_day, task_rows), crm("Event", event_record, event_day, event_rows)]


def _states(world: World, entries: Entries, done: Ints) -> tuple[Ints, Ints]:
    """Record and day of each version: a day on which a record says something new, in order."""
    last, every = world.span.last, entries.every
    first = np.maximum(entries.noted, 0) // DAY
    later = np.flatnonzero((done // DAY > first) & (done // DAY <= last))
    linked_day = entries.linked // DAY
    linked = np.flatnonzero((linked_day > first) & (linked_day <= last))
    record = np.concatenate([every, later, linked])
    day = np.concatenate([first, done[later] // DAY, linked_day[linked]])
    packed = distinct((record << 20) | day)
    return packed >> 20, packed & ((1 << 20) - 1)


def _links(world: World, entries: Entries, what: Activities, record: Ints, day: Ints) -> dict[str, pa.StringArray]:
    there = entries.linked[record] // DAY <= day
    account = np.where(there, what.account, -1)
    is_lead = (what.lead >= 0) & ~there
    who = np.where(is_lead, what.lead, np.where(account >= 0, account + len(world.spaces["Lead"]), -1))
    return {
        "WhoId": world.who.of(who),
        "WhatId": world.spaces["Opportunity"].of(what.deal),
        "AccountId": world.spaces["Account"].of(account),
        "OwnerId": world.spaces["User"].of(what.owner),
    }


def _task_rows(world: World, todo: Entries, record: Ints, day: Ints) -> pa.Table:
    what, traits = todo.what.take(record), todo.traits
    kind, moment = what.kind, todo.moment[record]
    is_call = kind == CALL
    waiting = todo.slips["waiting"][record] | (moment // DAY > day)
    ahead = todo.slips["ahead"][record]
    timed = ~waiting & ~ahead & ~traits.chance("untimed", 0.012, record)
    started = np.where(waiting, 1 + traits.below("started", 2, record), 0)
    answer = traits.pick("answer", (46, 27, 24, 3), record)
    talk = 45 + (traits.spread("talk", lognormal(0.85), record) * 260).astype(np.int64)
    seconds = np.where(answer == 0, np.minimum(talk, 3600), 12 + traits.below("ringing", 40, record))
    due = np.where(todo.slips["waiting"][record], what.day + traits.below("due", 10, record), what.day)
    due = np.where(ahead, world.span.last + 10 + traits.below("ahead by", 300, record), due)
    as_email = (kind == PROPOSED) & traits.chance("as e-mail", 0.5, record)
    unmeasured = traits.chance("unmeasured", 0.08, record)
    return pa.table(
        {
            "Id": cells.fixed(numbered("Task", record)),
            **_links(world, todo, what, record, day),
            "Subject": cells.words(_FLAT, kind * _WIDEST + traits.below("subject", _WIDEST, record)),
            # Half of the proposals are filed as plain e-mails, known by their subject only.
            "Type": cells.words(_TASK_TYPES, np.where(as_email, EMAIL, kind)),
            "TaskSubtype": cells.words(_SUBTYPES, kind),
            "Status": cells.words(_STATUSES, started),
            "ActivityDate": cells.dates(due),
            "CompletedDateTime": cells.timestamps(moment, timed),
            "CreatedDate": cells.timestamps(todo.noted[record]),
            "CallType": cells.words(("Outbound", "Inbound"), np.where(is_call, traits.pick("inbound", (85, 15), record), -1)),
            "CallDisposition": cells.words(_DISPOSITIONS, np.where(is_call & ~waiting, answer, -1)),
            "CallDurationInSeconds": cells.integers(seconds, is_call & ~waiting & ~unmeasured),
            "IsClosed": cells.flags(~waiting),
            "IsDeleted": cells.flags(traits.chance("deleted", 0.007, record)),
        }
    )


def _event_rows(world: World, calendar: Entries, record: Ints, day: Ints) -> pa.Table:
    what, traits = calendar.what.take(record), calendar.traits
    start, minutes = calendar.moment[record], event_minutes(calendar, record)
    is_demo = what.kind == DEMO
    # What became of a meeting is written into its subject when its day has come.
    over = start // DAY <= day
    subject = np.where(over, fate(calendar, record), 0) * len(_FLAT)
    subject = subject + what.kind * _WIDEST + traits.below("subject", _WIDEST, record)
    # A quarter of the demos are filed as meetings, known by their subject only.
    as_demo = is_demo & ~traits.chance("as meeting", 0.25, record)
    return pa.table(
        {
            "Id": cells.fixed(numbered("Event", record)),
            **_links(world, calendar, what, record, day),
            "Subject": cells.words(_EVENT_SUBJECTS, subject),
            "Type": cells.words(_EVENT_TYPES, as_demo.astype(np.int64)),
            "StartDateTime": cells.timestamps(start),
            "EndDateTime": cells.timestamps(start + minutes * 60),
            "IsChild": cells.flags(what.is_child),
            "CreatedDate": cells.timestamps(calendar.noted[record]),
            "IsDeleted": cells.flags(traits.chance("deleted", 0.007, record)),
        }
    )


def fate(calendar: Entries, record: Ints) -> Ints:
    """What became of each meeting: 0 held, 1 nobody came, 2 called off."""
    demo = calendar.traits.pick("demo fate", (88, 9, 3), record)
    other = calendar.traits.pick("meeting fate", (93, 4, 3), record)
    return np.where(calendar.what.kind[record] == DEMO, demo, other)


def event_minutes(calendar: Entries, record: Ints) -> Ints:
    """How long each meeting stands in the calendar; below 0 or all day for those entered wrongly."""
    usual = np.array([30, 45, 60, 90])[calendar.traits.pick("minutes", (40, 15, 38, 7), record)]
    usual = np.where(calendar.slips["negative"][record], -usual, usual)
    return np.where(calendar.slips["all_day"][record], 540 + usual, usual)
