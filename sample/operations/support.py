"""The support/tickets export: what customers ask help for, by queue, day of the week and time of day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells, companies
from sample.archive import Versions
from sample.draws import Flags, Ints, Stream, lognormal
from sample.ready import ready
from sample.slips import some
from sample.timeline import DAY
from sample.truth import Defects
from sample.world import World

_TICKETS = 15_000  # at scale 1
_QUEUES, _QUEUE_WEIGHTS = ("technical", "billing", "onboarding"), (62, 24, 14)
_MINUTES = (14, 7, 22)  # median handling time by queue
_PRIORITIES, _PRIORITY_WEIGHTS = ("low", "normal", "high", "urgent"), (20, 55, 20, 5)
_PRIORITY_SLIPS = ("lwo", "nromal", "hihg", "urgnet")
# Tickets by half hour of the (UTC) day, and by Monday to Sunday.
_HALF_HOURS = (
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 4, 6, 10, 16, 26, 38, 48, 54, 56, 54, 46, 40,
    36, 38, 44, 50, 52, 50, 46, 40, 34, 28, 22, 18, 14, 11, 9, 7, 5, 4, 3, 2, 2, 1, 1, 1,
)  # fmt: skip
_WEEK = (120, 112, 104, 100, 88, 18, 14)
_CLOSED = 0.985
_BACKWARDS, _NEGATIVE, _TOO_HAPPY, _MISSPELT = 0.004, 0.003, 0.003, 0.004


@dataclass(frozen=True)
class _Tickets:
    """One entry per ticket, by time; moments in UTC seconds. The last flags are slips."""

    queue: Ints
    created: Ints
    first_response: Ints
    closed: Ints
    minutes: Ints
    score: Ints
    is_closed: Flags
    backwards: Flags
    negative: Flags
    too_happy: Flags
    misspelt: Flags


def _tickets(world: World) -> _Tickets:
    stream, span = Stream(world.seed, "tickets"), world.span
    n = max(60, round(_TICKETS * world.scale))
    day = span.created(stream, n, _WEEK)
    moment = day * DAY + stream.pick(_HALF_HOURS, n) * 1800 + stream.below(1800, n)
    created = np.sort(np.minimum(moment, span.end - 600))
    queue = stream.pick(_QUEUE_WEIGHTS, n)
    minutes = np.maximum((np.array(_MINUTES)[queue] * stream.spread(lognormal(0.6), n)).astype(np.int64), 1)
    answered = created + (900 * stream.spread(lognormal(0.9), n)).astype(np.int64)
    closed = answered + minutes * 60 + (4 * 3600 * stream.spread(lognormal(1.0), n)).astype(np.int64)
    is_closed = stream.chance(_CLOSED, n) & (closed < span.end)
    return _Tickets(
        queue=queue,
        created=created,
        first_response=answered,
        closed=closed,
        minutes=minutes,
        score=stream.pick([4, 6, 15, 40, 35], n) + 1,
        is_closed=is_closed,
        backwards=some(stream, _BACKWARDS, is_closed),
        negative=some(stream, _NEGATIVE, is_closed),
        too_happy=some(stream, _TOO_HAPPY, is_closed),
        misspelt=some(stream, _MISSPELT, np.ones(n, dtype=bool)),
    )


def versions(world: World) -> list[Versions]:
    """Tickets, shown when they are opened and again when they are closed."""
    tickets = _tickets(world)
    n = len(tickets.created)
    stream = Stream(world.seed, "ticket details")
    account, priority = stream.below(world.book.originals, n), stream.pick(_PRIORITY_WEIGHTS, n)
    priority = priority + len(_PRIORITIES) * tickets.misspelt
    rated = stream.chance(0.4, n)
    done = np.flatnonzero(tickets.is_closed)
    record = np.concatenate([np.arange(n, dtype=np.int64), done])
    seen = np.concatenate([tickets.created, tickets.closed[done]]) // DAY
    over = np.concatenate([np.zeros(n, dtype=bool), np.ones(len(done), dtype=bool)])
    order = np.lexsort((over, record))
    record, seen, over = record[order], seen[order], over[order]
    minutes = np.where(tickets.negative, -tickets.minutes, tickets.minutes)[record]
    score = np.where(tickets.too_happy, 11, tickets.score)[record]
    closed = np.where(tickets.backwards, tickets.created - 3 * DAY, tickets.closed)[record]
    columns = {
        "id": _ids(record),
        "account": companies.names(world.market, world.book.company[account[record]]),
        "queue": cells.words(_QUEUES, tickets.queue[record]),
        "priority": cells.words(_PRIORITIES + _PRIORITY_SLIPS, priority[record]),
        "created": cells.timestamps(tickets.created[record]),
        "first_response": cells.timestamps(tickets.first_response[record], over),
        "closed": cells.timestamps(closed, over),
        "handle_minutes": cells.integers(minutes, over),
        "csat": cells.integers(score, over & (rated | tickets.too_happy)[record]),
    }
    return [ready("support", "tickets", seen, columns, record=record)]


def defects(world: World) -> list[Defects]:
    """Tickets that were closed before they came, took less than no time, were liked more than the scale allows, or misspell."""
    tickets = _tickets(world)
    return [
        Defects(rule, "support.tickets", _ids(np.flatnonzero(flag)))
        for rule, flag in (
            ("ticket_closed_before_created", tickets.backwards),
            ("handle_minutes_negative", tickets.negative),
            ("csat_out_of_range", tickets.too_happy),
            ("priority_misspelt", tickets.misspelt),
        )
    ]


def _ids(which: Ints) -> pa.StringArray:
    return cells.joined("T", cells.digits(which + 1, 7))
