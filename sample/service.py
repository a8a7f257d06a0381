"""The Case and EmailMessage exports: what customers asked and what reps wrote."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells
from sample.activities import EMAIL
from sample.archive import Versions, crm
from sample.diary import Entries
from sample.draws import Ints, Stream, lognormal
from sample.ids import IdSpace, numbered
from sample.moments import OFFICE_WEEK
from sample.people import NEVER
from sample.staff import emails as user_emails
from sample.timeline import DAY, Timeline
from sample.traits import Traits
from sample.world import World

_CASES = 3000  # at scale 1
_ORIGINS, _ORIGIN_WEIGHTS = ("Email", "Web", "Phone"), (50, 30, 20)
_PRIORITIES, _PRIORITY_WEIGHTS = ("Low", "Medium", "High"), (35, 50, 15)
_STATES = ("New", "Closed")
_LOGGED = 0.12
_SUBJECTS = ("Introduction", "Following up", "Notes from our meeting", "Your question on pricing", "Case study")


def cases(world: World) -> Versions:
    """Questions of customers, each opened and, mostly, closed."""
    stream, span = Stream(world.seed, "cases"), world.span
    n = max(8, round(_CASES * world.scale))
    account = np.flatnonzero((world.keeping.won == 0) & (world.keeping.master < 0))
    account = account[stream.below(len(account), n)]
    created = span.created(stream, n, OFFICE_WEEK) * DAY + stream.between(30_000, 75_000, n)
    created = np.sort(created)
    hours = (24 * stream.spread(lognormal(0.85), n)).astype(np.int64) + 1
    closed = np.where(stream.chance(0.97, n), created + hours * 3600, NEVER)
    every = np.arange(n, dtype=np.int64)
    over = np.flatnonzero(closed < span.end)
    happened = Timeline([(every, created), (over, closed[over])])
    traits, ids = Traits(world.seed, "case"), IdSpace("Case", n)

    def rows(which: Ints) -> pa.Table:
        case, moment = happened.record[which], happened.moment[which]
        done = closed[case] <= moment
        return pa.table(
            {
                "Id": ids.of(case),
                "AccountId": world.spaces["Account"].of(account[case]),
                "Origin": cells.words(_ORIGINS, traits.pick("origin", _ORIGIN_WEIGHTS, case)),
                "Priority": cells.words(_PRIORITIES, traits.pick("priority", _PRIORITY_WEIGHTS, case)),
                "Status": cells.words(_STATES, done.astype(np.int64)),
                "CreatedDate": cells.timestamps(created[case]),
                "ClosedDate": cells.timestamps(closed[case], done),
                "OwnerId": world.spaces["User"].of(world.keeping.owner_at(account[case], created[case])),
                "LastModifiedDate": cells.timestamps(moment),
            }
        )

    return crm("Case", happened.record, happened.day, rows)


def messages(world: World, todo: Entries) -> Versions:
    """The text-less record of some of the e-mails that stand in the CRM as tasks."""
    traits = Traits(world.seed, "e-mail message")
    task = np.flatnonzero(todo.what.kind == EMAIL)
    task = task[traits.chance("logged", _LOGGED, task) & ~todo.slips["waiting"][task]]
    incoming = traits.chance("incoming", 0.35, task)
    seen = np.maximum(todo.moment[task], todo.noted[task]) // DAY
    ids = IdSpace("EmailMessage", len(task))

    def rows(which: Ints) -> pa.Table:
        of = todo.what.take(task[which])
        return pa.table(
            {
                "Id": ids.of(which),
                "ActivityId": cells.fixed(numbered("Task", task[which])),
                "RelatedToId": world.spaces["Opportunity"].of(of.deal),
                "Subject": cells.words(_SUBJECTS, traits.below("subject", len(_SUBJECTS), task[which])),
                "FromAddress": cells.where(~incoming[which], user_emails(world.people, of.owner)),
                "Incoming": cells.flags(incoming[which]),
                "MessageDate": cells.timestamps(todo.moment[task[which]]),
            }
        )

    return crm("EmailMessage", np.arange(len(task)), seen, rows)
