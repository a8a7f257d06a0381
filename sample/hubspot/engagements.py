"""The subsidiary's calls, meetings, e-mails and tasks in HubSpot, with whom they were and about which deal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells
from sample.archive import Versions
from sample.draws import Flags, Ints, Stream, lognormal
from sample.hubspot.clients import Subsidiary, contact_ids
from sample.hubspot.deals import LONDON, deal_ids
from sample.hubspot.owners import ids as owner_ids
from sample.people import NEVER
from sample.ready import ready
from sample.slips import some
from sample.timeline import DAY, Timeline
from sample.traits import Traits
from sample.truth import Defects
from sample.world import World

EMAIL, CALL, MEETING, TASK = range(4)
KINDS = ("emails", "calls", "meetings", "tasks")
_ENGAGEMENTS = 6000  # at scale 1
_KIND_WEIGHTS = (48, 28, 12, 12)
_ABOUT_DEAL = 0.62
_AFTER_CONTACT = 60 * DAY
# HubSpot's own ids of what a call came to: connected, left voicemail, no answer, busy, wrong number.
_DISPOSITIONS, _DISPOSITION_WEIGHTS = (
    (
        "f240bbac-87c9-4f6e-bf70-924b57d47db7", "b2cf5968-551e-4856-9783-52b3da59a7d0", "73a0d17f-1163-4015-bdd5-ec830791da20",
        "9d9162e7-6cf3-4944-bf63-4dff82258764", "17b47fee-58de-441e-a44c-c6300d46f273",
    ),
    (46, 22, 24, 5, 3),
)  # fmt: skip
_OUTCOMES, _OUTCOME_WEIGHTS = ("COMPLETED", "NO_SHOW", "CANCELED", "RESCHEDULED"), (80, 8, 8, 4)
_SUBJECTS = ("Following up", "Your question", "Offer", "Next steps", "Introduction")
_IMPOSSIBLE = 0.004


@dataclass(frozen=True)
class _Engagements:
    """One entry per engagement; `deal` -1 = about none. Entered when `made`, it happens at `moment`, over when `ended`."""

    kind: Ints
    deal: Ints
    contact: Ints
    owner: Ints
    made: Ints
    moment: Ints
    ended: Ints
    impossible: Flags

    def of(self, kind: int) -> Ints:
        """The engagements of one kind."""
        return np.flatnonzero(self.kind == kind)


def _engagements(world: World, subsidiary: Subsidiary) -> _Engagements:
    stream, span = Stream(world.seed, "hubspot engagements"), world.span
    deals, contacts = subsidiary.deals, subsidiary.contacts
    n = max(80, round(_ENGAGEMENTS * world.scale))
    kind = stream.pick(_KIND_WEIGHTS, n)
    deal = stream.below(deals.repeats.count, n)
    contact = stream.below(contacts.repeats.count, n)
    about_deal = stream.chance(_ABOUT_DEAL, n)
    deal, contact = np.where(about_deal, deal, -1), np.where(about_deal, deals.company[deal], contact)
    begun = np.where(about_deal, deals.created[deal], np.maximum(contacts.created[contact], span.first * DAY))
    until = np.where(about_deal, deals.closed[deal], begun + _AFTER_CONTACT)
    until = np.minimum(until, span.end - 1)
    zone = np.full(n, LONDON)
    passed = span.working_seconds(begun, zone)
    passed = passed + ((span.working_seconds(until, zone) - passed) * stream.unit(n)).astype(np.int64)
    moment = np.clip(span.after_working_seconds(passed, zone), begun, until)
    # Meetings begin at a quarter of an hour and are entered days ahead; tasks are due days after they were entered.
    moment = np.where(kind == MEETING, (moment + 899) // 900 * 900, moment)
    made = np.maximum(np.where(kind == MEETING, moment - stream.between(DAY, 9 * DAY, n), moment), begun)
    moment = np.where(kind == TASK, moment + stream.between(1, 6, n) * DAY, moment)
    length = np.array((1800, 2700, 3600))[stream.pick((50, 15, 35), n)]
    ended = np.where(kind == MEETING, moment + length, made + stream.between(3600, 6 * DAY, n))
    ended = np.where((kind == TASK) & stream.chance(0.1, n), NEVER, ended)
    owner = np.where(
        about_deal,
        deals.owner_at(subsidiary.owners, deal, made),
        subsidiary.owners.at(contacts.owner[contact], made),
    )
    impossible = np.zeros(n, dtype=bool)
    for each in (CALL, MEETING):
        impossible |= some(stream, _IMPOSSIBLE, kind == each)
    return _Engagements(kind, deal, contact, owner, made, moment, ended, impossible)


def versions(world: World, subsidiary: Subsidiary) -> list[Versions]:
    """emails, calls, meetings and tasks, and with whom they were."""
    made = _engagements(world, subsidiary)
    return [
        _emails(world, made),
        _calls(world, made),
        _meetings(world, made),
        _tasks(world, made),
        _associations(made),
    ]


def _ids(which: Ints) -> pa.StringArray:
    return cells.integers(33_000_000_000 + 3 * which)


def _head(made: _Engagements, which: Ints, moment: Ints) -> dict[str, pa.StringArray]:
    return {
        "hs_object_id": _ids(which),
        "hs_timestamp": cells.timestamps(made.moment[which]),
        "hubspot_owner_id": owner_ids(made.owner[which]),
        "hs_createdate": cells.timestamps(made.made[which]),
        "hs_lastmodifieddate": cells.timestamps(moment),
    }


def _emails(world: World, made: _Engagements) -> Versions:
    which, traits = made.of(EMAIL), Traits(world.seed, "hubspot e-mail")
    incoming = traits.chance("incoming", 0.35, which)
    columns = {
        **_head(made, which, made.made[which]),
        "hs_email_subject": cells.words(_SUBJECTS, traits.below("subject", len(_SUBJECTS), which)),
        "hs_email_direction": cells.words(("EMAIL", "INCOMING_EMAIL"), incoming.astype(np.int64)),
        "hs_email_status": cells.words(
            ("SENT", "BOUNCED"), (~incoming & traits.chance("bounced", 0.02, which)).astype(np.int64)
        ),
    }
    return ready("hubspot", "emails", made.made[which] // DAY, columns)


def _calls(world: World, made: _Engagements) -> Versions:
    which, traits = made.of(CALL), Traits(world.seed, "hubspot call")
    disposition = traits.pick("disposition", _DISPOSITION_WEIGHTS, which)
    talked = (240_000 * traits.spread("talk", lognormal(0.8), which)).astype(np.int64)
    length = np.where(disposition == 0, talked, traits.between("ring", 4_000, 40_000, which))
    # A telephone that was not hung up, for a day and a quarter.
    length = np.where(made.impossible[which], 30 * 3_600_000 + length, length)
    columns = {
        **_head(made, which, made.made[which]),
        "hs_call_title": cells.words(_SUBJECTS, traits.below("subject", len(_SUBJECTS), which)),
        "hs_call_direction": cells.words(("OUTBOUND", "INBOUND"), traits.pick("direction", (88, 12), which)),
        "hs_call_duration": cells.integers(length),
        "hs_call_disposition": cells.words(_DISPOSITIONS, disposition),
        "hs_call_status": cells.same("COMPLETED", len(which)),
    }
    return ready("hubspot", "calls", made.made[which] // DAY, columns)


def _in_two_steps(made: _Engagements, kind: int, end: int) -> tuple[Ints, Ints, Flags]:
    """Engagement and moment of each version, and whether it is over by then."""
    which = made.of(kind)
    over = which[made.ended[which] < end]
    happened = Timeline([(which, made.made[which]), (over, made.ended[over])])
    return happened.record, happened.moment, happened.moment >= made.ended[happened.record]


def _meetings(world: World, made: _Engagements) -> Versions:
    which, moment, over = _in_two_steps(made, MEETING, world.span.end)
    traits = Traits(world.seed, "hubspot meeting")
    outcome = np.where(over, 1 + traits.pick("outcome", _OUTCOME_WEIGHTS, which), 0)
    ended = np.where(made.impossible[which], made.moment[which] - 3600, made.ended[which])
    columns = {
        **_head(made, which, moment),
        "hs_meeting_title": cells.words(("Demo", "Discovery", "Review", "Negotiation"), traits.below("title", 4, which)),
        "hs_meeting_start_time": cells.timestamps(made.moment[which]),
        "hs_meeting_end_time": cells.timestamps(ended),
        "hs_meeting_outcome": cells.words(("SCHEDULED", *_OUTCOMES), outcome),
    }
    return ready("hubspot", "meetings", moment // DAY, columns, record=which)


def _tasks(world: World, made: _Engagements) -> Versions:
    which, moment, over = _in_two_steps(made, TASK, world.span.end)
    traits = Traits(world.seed, "hubspot task")
    columns = {
        **_head(made, which, moment),
        "hs_task_subject": cells.words(_SUBJECTS, traits.below("subject", len(_SUBJECTS), which)),
        "hs_task_type": cells.words(("TODO", "CALL", "EMAIL"), traits.pick("type", (50, 30, 20), which)),
        "hs_task_priority": cells.words(("NONE", "LOW", "MEDIUM", "HIGH"), traits.pick("priority", (60, 10, 20, 10), which)),
        "hs_task_status": cells.words(("NOT_STARTED", "COMPLETED"), over.astype(np.int64)),
        "hs_task_completion_date": cells.timestamps(made.ended[which], over),
    }
    return ready("hubspot", "tasks", moment // DAY, columns, record=which)


def _associations(made: _Engagements) -> Versions:
    """The contact of each engagement, and the deal of those that are about one."""
    every, about = np.arange(len(made.kind), dtype=np.int64), np.flatnonzero(made.deal >= 0)
    which = np.concatenate([every, about])
    columns = {
        "engagement_type": cells.words([kind[:-1] for kind in KINDS], made.kind[which]),
        "engagement_id": _ids(which),
        "object_type": cells.words(("contact", "deal"), np.repeat([0, 1], [len(every), len(about)])),
        "object_id": pa.concat_arrays([contact_ids(made.contact), deal_ids(made.deal[about])]),
    }
    return ready("hubspot", "associations_engagements", made.made[which] // DAY, columns)


def defects(world: World, subsidiary: Subsidiary) -> list[Defects]:
    """Calls longer than a day, meetings that end before they begin."""
    made = _engagements(world, subsidiary)
    return [
        Defects("call_over_8_hours", "hubspot.calls", _ids(np.flatnonzero(made.impossible & (made.kind == CALL)))),
        Defects(
            "meeting_ends_before_start", "hubspot.meetings", _ids(np.flatnonzero(made.impossible & (made.kind == MEETING)))
        ),
    ]
