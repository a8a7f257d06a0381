"""The Task and Event exports: activities as the CRM keeps them, with no-shows, child events, gaps and forgotten to-dos."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells
from sample.activities import CALL, DEMO, EMAIL, MEETING, PROPOSED, TODO, Activities
from sample.draws import Stream, lognormal
from sample.ids import IdSpace, numbered
from sample.moments import Span
from sample.people import People

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
_DAY = 86_400


class Diary:
    """Turns parts of the activities into rows, numbering them on; every record keeps one id across parts."""

    def __init__(self, seed: int, span: Span, people: People, spaces: dict[str, IdSpace]) -> None:
        self._seed, self._span, self._people, self._spaces = seed, span, people, spaces
        self._who = IdSpace.joined(spaces["Lead"], spaces["Contact"])
        # Nothing was written down before the CRM was there.
        self._opening = span.first * _DAY + 8 * 3600
        self._parts = 0
        self._tasks = 0
        self._events = 0

    def rows(self, activities: Activities) -> tuple[pa.Table, pa.Table]:
        """The Task rows and the Event rows of one part."""
        stream = Stream(self._seed, "diary", self._parts)
        self._parts += 1
        is_event = activities.kind >= MEETING
        tasks = self._task_rows(stream, activities.take(np.flatnonzero(~is_event)))
        events = self._event_rows(stream, activities.take(np.flatnonzero(is_event)))
        return tasks, events

    def _links(self, activities: Activities) -> dict[str, pa.StringArray]:
        contact = np.where(activities.account >= 0, activities.account + len(self._spaces["Lead"]), -1)
        return {
            "WhoId": self._who.of(np.where(activities.lead >= 0, activities.lead, contact)),
            "WhatId": self._spaces["Opportunity"].of(activities.deal),
            "AccountId": self._spaces["Account"].of(activities.account),
            "OwnerId": self._spaces["User"].of(activities.owner),
        }

    def _task_rows(self, stream: Stream, tasks: Activities) -> pa.Table:
        n, span, kind = len(tasks.kind), self._span, tasks.kind
        numbers = np.arange(self._tasks, self._tasks + n, dtype=np.int64)
        self._tasks += n
        moment = span.moment(tasks.day, tasks.minute, self._people.zone[tasks.owner], stream.below(60, n))
        is_call = kind == CALL
        waiting = (kind != PROPOSED) & (tasks.day > span.last - 15) & stream.chance(0.2, n)
        timed = ~waiting & ~stream.chance(0.012, n)
        started = np.where(waiting, stream.between(1, 2, n), 0)
        # Logged when done; to-dos and what still waits were written down some days before.
        noted = np.where(waiting | (kind == TODO), moment - stream.below(3 * _DAY, n), moment)
        noted = np.maximum(noted, np.minimum(moment, self._opening))
        answer = stream.pick((46, 27, 24, 3), n)
        talk = 45 + (stream.spread(lognormal(0.85), n) * 260).astype(np.int64)
        seconds = np.where(answer == 0, np.minimum(talk, 3600), 12 + stream.below(40, n))
        return pa.table(
            {
                "Id": cells.fixed(numbered("Task", numbers)),
                **self._links(tasks),
                "Subject": cells.words(_FLAT, kind * _WIDEST + stream.below(_WIDEST, n)),
                # Half of the proposals are filed as plain e-mails, known by their subject only.
                "Type": cells.words(_TASK_TYPES, np.where((kind == PROPOSED) & stream.chance(0.5, n), EMAIL, kind)),
                "TaskSubtype": cells.words(_SUBTYPES, kind),
                "Status": cells.words(_STATUSES, started),
                "ActivityDate": cells.dates(np.where(waiting, tasks.day + stream.below(10, n), tasks.day)),
                "CompletedDateTime": cells.timestamps(moment, timed),
                "CreatedDate": cells.timestamps(noted),
                "CallType": cells.words(("Outbound", "Inbound"), np.where(is_call, stream.pick((85, 15), n), -1)),
                "CallDisposition": cells.words(_DISPOSITIONS, np.where(is_call & ~waiting, answer, -1)),
                "CallDurationInSeconds": cells.integers(seconds, is_call & ~waiting & ~stream.chance(0.08, n)),
                "IsClosed": cells.flags(~waiting),
                "IsDeleted": cells.flags(stream.chance(0.007, n)),
            }
        )

    def _event_rows(self, stream: Stream, events: Activities) -> pa.Table:
        n, span = len(events.kind), self._span
        numbers = np.arange(self._events, self._events + n, dtype=np.int64)
        self._events += n
        half_hour = events.minute // 30 * 30
        start = span.moment(events.day, half_hour, self._people.zone[events.owner])
        minutes = np.array([30, 45, 60, 90])[stream.pick((40, 15, 38, 7), n)]
        noted = np.minimum(start - stream.between(_DAY // 8, 9 * _DAY, n), span.end - 1)
        noted = np.maximum(noted, np.minimum(start, self._opening))
        is_demo = events.kind == DEMO
        fate = np.where(is_demo, stream.pick((88, 9, 3), n), stream.pick((93, 4, 3), n))
        subject = fate * len(_FLAT) + events.kind * _WIDEST + stream.below(_WIDEST, n)
        return pa.table(
            {
                "Id": cells.fixed(numbered("Event", numbers)),
                **self._links(events),
                "Subject": cells.words(_EVENT_SUBJECTS, subject),
                # A quarter of the demos are filed as meetings, known by their subject only.
                "Type": cells.words(_EVENT_TYPES, (is_demo & ~stream.chance(0.25, n)).astype(np.int64)),
                "StartDateTime": cells.timestamps(start),
                "EndDateTime": cells.timestamps(start + minutes * 60),
                "IsChild": cells.flags(events.is_child),
                "CreatedDate": cells.timestamps(noted),
                "IsDeleted": cells.flags(stream.chance(0.007, n)),
            }
        )
