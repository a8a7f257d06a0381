"""The way of each opportunity through the stages.

An entry for each change: a stage entered, a close date pushed, the end. Amounts are estimates until the proposal; the last
entry is the opportunity as it stands, so that all exports agree.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sample.deals import LOST, OPEN, RENEWAL, WON, Deals
from sample.draws import Flags, Floats, Ints, Stream
from sample.moments import Span
from sample.people import People
from sample.timeline import keys, latest

# (stage, probability, forecast category on the deal, the same in the history, share of deals that visit it)
STAGES = (
    ("Prospecting", 10, "Pipeline", "Pipeline", 0.60),
    ("Qualification", 10, "Pipeline", "Pipeline", 0.80),
    ("Needs Analysis", 20, "Pipeline", "Pipeline", 0.75),
    ("Value Proposition", 50, "Pipeline", "Pipeline", 0.55),
    ("Id. Decision Makers", 60, "Pipeline", "Pipeline", 0.35),
    ("Perception Analysis", 70, "Best Case", "BestCase", 0.25),
    ("Proposal/Price Quote", 75, "Best Case", "BestCase", 0.85),
    ("Negotiation/Review", 90, "Commit", "Forecast", 0.65),
    ("Closed Won", 100, "Closed", "Closed", 1.0),
    ("Closed Lost", 0, "Omitted", "Omitted", 1.0),
)
PROPOSAL, CLOSED_WON, CLOSED_LOST = 6, 8, 9
DEMO_STAGES = (2, 3)
_OPEN_STAGES = 8
# Renewals are looked after when their contract begins and taken up again in its last months.
_RENEWAL_STAGES = (0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.9, 0.7)
_RENEWAL_WAIT = 12
_PUSHES = 4
_PUSH_CHANCE = (0.30, 0.18, 0.05, 0.03)
_PUSH_DAYS = 24
_REGRESSED = 0.006
# How far lost deals get.
_EXIT_WEIGHTS = (8, 14, 16, 14, 8, 6, 22, 12)


@dataclass(frozen=True)
class History:
    """One entry per change, ordered by deal and time; `is_entry` marks a stage entered. `last` = each deal's newest entry.

    `regressed` lists the deals that went back a stage.
    """

    _keys: Ints = field(init=False, repr=False)

    deal: Ints
    stage: Ints
    moment: Ints
    cents: Ints
    close_day: Ints
    is_entry: Flags
    last: Ints
    regressed: Ints

    def __post_init__(self) -> None:
        object.__setattr__(self, "_keys", keys(self.deal, self.moment))

    def latest(self, deal: Ints, moment: Ints) -> Ints:
        """The place of each deal's last entry at or before the moment; -1 before the first."""
        return latest(self._keys, self.deal, deal, moment)


def walk(seed: int, span: Span, people: People, deals: Deals) -> History:
    """All changes of all deals up to the end of the span."""
    stream = Stream(seed, "history")
    n = deals.count
    usual, renewing = np.array([stage[4] for stage in STAGES[:_OPEN_STAGES]]), np.array(_RENEWAL_STAGES)
    renewal = (deals.kind == RENEWAL)[:, None]
    visits = stream.unit(n * _OPEN_STAGES).reshape(n, _OPEN_STAGES) < np.where(renewal, renewing, usual)
    visits[:, 1] |= ~visits[:, 0]
    exits = np.where(deals.kind == RENEWAL, _OPEN_STAGES, stream.pick(_EXIT_WEIGHTS, n))
    beyond = np.arange(_OPEN_STAGES) > np.maximum(exits, visits.argmax(axis=1))[:, None]
    visits &= ~(beyond & (deals.outcome == LOST)[:, None])
    weights = stream.between(15, 100, n * _OPEN_STAGES).reshape(n, _OPEN_STAGES) * visits
    weights[:, 1] *= np.where(deals.kind == RENEWAL, _RENEWAL_WAIT, 1)
    reached = np.cumsum(weights, axis=1)
    length = deals.close - deals.created
    entered = (reached - weights) / reached[:, -1:]

    pushed = stream.unit(n * _PUSHES).reshape(n, _PUSHES) < np.array(_PUSH_CHANCE)
    pushed &= (length > 2 * 86_400)[:, None]
    push_share = 0.3 + 0.68 * stream.unit(n * _PUSHES).reshape(n, _PUSHES)

    slots = np.arange(_OPEN_STAGES + _PUSHES)
    moments = _in_office_hours(span, people.zone[deals.owner], deals, np.hstack([entered, push_share]))
    # Bounds that rise with the slot keep the order of a deal that opens and closes within hours.
    moments = np.maximum(moments, deals.created[:, None] + 30 * slots)
    moments = np.minimum(moments, deals.close[:, None] - 60 * (len(slots) - slots))
    moments[np.arange(n), visits.argmax(axis=1)] = deals.created
    closing = np.where(deals.outcome == WON, CLOSED_WON, CLOSED_LOST)
    stages = np.hstack([np.broadcast_to(slots[:_OPEN_STAGES], (n, _OPEN_STAGES)), np.full((n, _PUSHES), -1), closing[:, None]])
    moments = np.hstack([moments, deals.recorded[:, None]])
    present = np.hstack([visits, pushed, (deals.outcome != OPEN)[:, None]]) & (moments < span.end)

    deal, slot = np.nonzero(present)
    moment, stage = moments[deal, slot], stages[deal, slot]
    order = np.lexsort((slot, moment, deal))
    deal, stage, moment = deal[order], stage[order], moment[order]
    is_push = stage < 0
    # A push keeps the stage before it; stages only rise within a deal, so the running maximum carries it forward.
    stage = np.maximum.accumulate(np.where(is_push, 0, stage) + deal * 16) - deal * 16
    last = np.searchsorted(deal, np.arange(n), side="right") - 1
    stage, regressed = _regress(Stream(seed, "regressions"), deal, stage, is_push)
    return History(
        deal=deal, stage=stage, moment=moment, is_entry=~is_push, last=last, regressed=regressed,
        cents=_amounts(stream, deals, deal, stage), close_day=_close_days(stream, deals, deal, stage, moment, is_push),
    )  # fmt: skip


def _regress(stream: Stream, deal: Ints, stage: Ints, is_push: Flags) -> tuple[Ints, Ints]:
    """The stages with a few pairs the wrong way round, and the deals that these belong to."""
    second = np.flatnonzero((deal[1:] == deal[:-1]) & (stage[1:] > stage[:-1]) & (stage[1:] < CLOSED_WON)) + 1
    # Only between two entries that both last: what follows must not be a push, nor what stands between.
    follows = np.minimum(second + 1, len(deal) - 1)
    begins = (second < 2) | (deal[np.maximum(second - 2, 0)] != deal[second])
    free = ~is_push[second] & ~is_push[second - 1] & ~is_push[follows] & ~begins & (stage[second] < PROPOSAL)
    chosen = second[free & stream.chance(_REGRESSED, len(second))]
    chosen = chosen[np.concatenate([[True], np.diff(deal[chosen]) > 0])] if len(chosen) else chosen
    out = stage.copy()
    out[chosen], out[chosen - 1] = stage[chosen - 1], stage[chosen]
    return out, deal[chosen]


def _in_office_hours(span: Span, zone: Ints, deals: Deals, share: Floats) -> Ints:
    """The moments at which each `share` (deals x changes) of the office time between creation and close has passed."""
    begun, ended = span.working_seconds(deals.created, zone), span.working_seconds(deals.close, zone)
    passed = begun[:, None] + ((ended - begun)[:, None] * share).astype(np.int64)
    zones = np.repeat(zone, share.shape[1])
    return span.after_working_seconds(passed.ravel(), zones).reshape(share.shape)


def _amounts(stream: Stream, deals: Deals, deal: Ints, stage: Ints) -> Ints:
    estimate = np.maximum(deals.cents * stream.between(75, 130, deals.count) // 1_000_000, 1) * 10_000
    estimate = np.where(deals.outcome == OPEN, deals.cents, estimate)
    cents = np.where(stage < PROPOSAL, estimate[deal], deals.cents[deal])
    return np.where(deals.zeroed[deal] & (stage == CLOSED_LOST), 0, cents)


def _close_days(stream: Stream, deals: Deals, deal: Ints, stage: Ints, moment: Ints, is_push: Flags) -> Ints:
    """The close date believed in at each change: earlier by a push for every push still to come."""
    pushes = np.cumsum(is_push)
    through = pushes[np.searchsorted(deal, deal, side="right") - 1]
    error = np.where(deals.outcome == OPEN, 0, stream.between(-6, 12, deals.count))
    believed = deals.close_day[deal] + error[deal] - _PUSH_DAYS * (through - pushes)
    believed = np.where(deals.overdue[deal], believed, np.maximum(believed, moment // 86_400 + 2))
    return np.where(stage >= CLOSED_WON, deals.close_day[deal], believed)
