"""What happens to the deals of the subsidiary that works with HubSpot, as it truly was.

A deal's state at any moment follows from a few moments of its own: stages entered, one push of the close date, the close.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells
from sample.draws import Flags, Floats, Ints, Stream, lognormal
from sample.hubspot.owners import Owners
from sample.moments import OFFICE_WEEK, spread_to_workdays
from sample.people import NEVER
from sample.repeats import Repeats, repeat
from sample.slips import some
from sample.timeline import DAY, Timeline
from sample.world import World

# (pipeline id, label)
PIPELINES = (("default", "Sales Pipeline"), ("21894371", "Partner Pipeline"))
# (stage id by pipeline, label, probability, forecast category); the last two are won and lost.
STAGES = (
    (("appointmentscheduled", "61500101"), "Appointment Scheduled", "0.2", "PIPELINE"),
    (("qualifiedtobuy", "61500102"), "Qualified To Buy", "0.4", "PIPELINE"),
    (("presentationscheduled", "61500103"), "Presentation Scheduled", "0.6", "BEST_CASE"),
    (("decisionmakerboughtin", "61500104"), "Decision Maker Bought-In", "0.8", "COMMIT"),
    (("contractsent", "61500105"), "Contract Sent", "0.9", "COMMIT"),
    (("closedwon", "61500106"), "Closed Won", "1.0", "CLOSED"),
    (("closedlost", "61500107"), "Closed Lost", "0.0", "OMIT"),
)
OPEN_STAGES, WON, LOST = 5, 5, 6
CONTRACT_SENT = 4
# (name, SKU, price in euros)
CATALOGUE = (
    ("Northgate Base", "NG-100", 450), ("Northgate Plus", "NG-200", 1200), ("Data feed", "NG-310", 300),
    ("Mobile seats", "NG-320", 150), ("Setup", "NG-900", 900), ("Training day", "NG-910", 1000),
)  # fmt: skip
LONDON = 4  # of moments.ZONES
_DEALS = 600  # at scale 1
_VISITED = (1.0, 0.85, 0.8, 0.6, 0.75)
_EXITS = (18, 22, 26, 14, 20)
_WORTH, _DAYS, _WIN = (4_000.0, 12_000.0, 40_000.0), (28.0, 50.0, 90.0), (0.30, 0.27, 0.24)
_REPEATED, _LISTED, _PUSHED, _PUSH_DAYS = 0.02, 0.6, 0.35, 28
_MISSING, _BACKWARDS, _ORPHANED, _TRIES, _NOTHING = 0.02, 0.01, 0.01, 0.005, 0.05


@dataclass(frozen=True)
class Lines:
    """One entry per line, ordered by deal."""

    deal: Ints
    product: Ints
    quantity: Ints
    discount: Ints
    total_cents: Ints


@dataclass(frozen=True)
class Play:
    """One entry per deal, repetitions last; `company` is one of the subsidiary's. Moments are NEVER where nothing happened.

    `entered` holds the moment of each open stage, `settled` that from which the amount is the final one. The flags are slips:
    no amount, a close date before the creation, an owner whom nobody knows, a try, a word instead of a reason.
    """

    repeats: Repeats
    company: Ints
    owner: Ints
    pipeline: Ints
    is_new: Flags
    currency: Ints
    created: Ints
    entered: Ints
    pushed: Ints
    closed: Ints
    wins: Flags
    close_day: Ints
    settled: Ints
    cents: Ints
    estimate: Ints
    lines: Lines
    missing: Flags
    backwards: Flags
    orphaned: Flags
    tries: Flags
    nothing: Flags

    @property
    def is_won(self) -> Flags:
        """Whether each deal ended well."""
        return self.wins & (self.closed < NEVER)

    def stage_at(self, deal: Ints, moment: Ints) -> Ints:
        """The stage of each deal at the moment."""
        reached = self.entered[deal] <= moment[:, None]
        stage = OPEN_STAGES - 1 - reached[:, ::-1].argmax(axis=1)
        return np.where(self.closed[deal] <= moment, np.where(self.wins[deal], WON, LOST), stage)

    def cents_at(self, deal: Ints, moment: Ints) -> Ints:
        """The amount of each deal at the moment."""
        return np.where(self.settled[deal] <= moment, self.cents[deal], self.estimate[deal])

    def close_day_at(self, deal: Ints, moment: Ints) -> Ints:
        """The close date of each deal at the moment; a push moves it, the close sets it."""
        final = (self.pushed[deal] <= moment) | (self.pushed[deal] == NEVER) | (self.closed[deal] <= moment)
        believed = np.where(final, self.close_day[deal], self.close_day[deal] - _PUSH_DAYS)
        wrong = self.backwards[deal] & (self.closed[deal] <= moment)
        return np.where(wrong, self.created[deal] // DAY - 9, believed)

    def owner_at(self, owners: Owners, deal: Ints, moment: Ints) -> Ints:
        """The owner of each deal at the moment; closed deals stay with who closed them."""
        return owners.at(self.owner[deal], np.minimum(moment, self.closed[deal]))

    def changes(self, owners: Owners) -> Timeline:
        """Every moment at which a deal changed."""
        every = np.arange(len(self.created), dtype=np.int64)
        happenings = [(every, self.created), *self.repeats.happenings()]
        for moments in (*self.entered.T, self.pushed, self.closed, self.settled):
            known = np.flatnonzero(moments < NEVER)
            happenings.append((known, moments[known]))
        passed = np.flatnonzero((self.owner == owners.leaver) & (self.created < owners.leaves) & (self.closed > owners.leaves))
        happenings.append((passed, np.full(len(passed), owners.leaves, dtype=np.int64)))
        return Timeline(happenings)


def play(world: World, owners: Owners, segment: Ints) -> Play:
    """All deals of the subsidiary; `segment` is that of each of its companies."""
    stream, span = Stream(world.seed, "hubspot deals"), world.span
    n = max(24, round(_DEALS * world.scale))
    day = np.sort(span.created(stream, n, OFFICE_WEEK))
    zone = np.full(n, LONDON)
    created = span.moment(day, stream.between(510, 1050, n), zone, stream.below(60, n))
    company = stream.below(len(segment), n)
    owner = owners.draw(stream, created)
    size = segment[company]
    wins = stream.chance(np.array(_WIN)[size] * owners.skill[owner], n)
    length = np.maximum((np.array(_DAYS)[size] * stream.spread(lognormal(0.45), n)).astype(np.int64), 2)
    close_day = spread_to_workdays(stream, day + length)
    close_day = np.maximum(close_day, day + 1)
    close = span.moment(close_day, stream.between(540, 1075, n), zone)
    closed = np.where((close_day <= span.last) & (close < span.end), close, NEVER)
    entered = _entered(stream, world, created, close, wins)
    push = created + ((close - created) * (0.4 + 0.5 * stream.unit(n))).astype(np.int64)
    pushed = np.where(stream.chance(_PUSHED, n) & (length > _PUSH_DAYS + 5) & (push < span.end), push, NEVER)

    worth = np.array(_WORTH)[size] * stream.spread(lognormal(0.7), n)
    listed = stream.chance(_LISTED, n)
    lines = _lines(stream, np.flatnonzero(listed), worth[listed])
    cents = np.maximum((worth / 50).astype(np.int64), 4) * 5000
    totals = np.zeros(n, dtype=np.int64)
    np.add.at(totals, lines.deal, lines.total_cents)
    cents = np.where(listed, totals, cents)
    own = Play(
        repeats=repeat(stream, span, created, _REPEATED, closed), company=company, owner=owner,
        pipeline=stream.chance(0.2, n).astype(np.int64), is_new=stream.chance(0.7, n),
        currency=stream.chance(0.15, n).astype(np.int64), created=created, entered=entered, pushed=pushed, closed=closed,
        wins=wins, close_day=close_day, settled=np.minimum(entered[:, 2:].min(axis=1), closed), cents=cents,
        estimate=np.maximum(cents * stream.between(75, 130, n) // 500_000, 1) * 5000, lines=lines,
        missing=some(stream, _MISSING, ~listed & wins & (closed < NEVER)), backwards=some(stream, _BACKWARDS, closed < NEVER),
        orphaned=some(stream, _ORPHANED, np.ones(n, dtype=bool)), tries=some(stream, _TRIES, ~wins & ~listed),
        nothing=some(stream, _NOTHING, ~wins & (closed < NEVER)),
    )  # fmt: skip
    return _with_repetitions(own, owners)


def _entered(stream: Stream, world: World, created: Ints, close: Ints, wins: Flags) -> Ints:
    """The moment at which each deal enters each open stage, in office hours."""
    n, span = len(created), world.span
    visits = stream.unit(n * OPEN_STAGES).reshape(n, OPEN_STAGES) < np.array(_VISITED)
    visits &= wins[:, None] | (np.arange(OPEN_STAGES) <= stream.pick(_EXITS, n)[:, None])
    weights = stream.between(15, 100, n * OPEN_STAGES).reshape(n, OPEN_STAGES) * visits
    reached = np.cumsum(weights, axis=1)
    share = (reached - weights) / reached[:, -1:]
    zone = np.full(n, LONDON)
    begun, ended = span.working_seconds(created, zone), span.working_seconds(close, zone)
    passed = begun[:, None] + ((ended - begun)[:, None] * share).astype(np.int64)
    moments = span.after_working_seconds(passed.ravel(), np.full(n * OPEN_STAGES, LONDON)).reshape(n, OPEN_STAGES)
    places = np.arange(OPEN_STAGES)
    moments = np.maximum(moments, created[:, None] + 60 * places)
    moments = np.minimum(moments, close[:, None] - 60 * (OPEN_STAGES - places))
    moments[:, 0] = created
    return np.where(visits & (moments < span.end), moments, NEVER)


def _lines(stream: Stream, deals: Ints, worth: Floats) -> Lines:
    """One to three different products for each deal, worth about `worth` together."""
    counts = 1 + stream.pick((50, 35, 15), len(deals))
    row = np.repeat(np.arange(len(deals), dtype=np.int64), counts)
    place = np.arange(len(row), dtype=np.int64) - (np.cumsum(counts) - counts)[row]
    n = len(row)
    product = (stream.below(2, len(deals))[row] + 2 * place) % len(CATALOGUE)
    price = np.array([euros for _, _, euros in CATALOGUE], dtype=np.int64)[product]
    quantity = np.maximum((worth[row] / counts[row] / price + 0.5).astype(np.int64), 1)
    discount = np.array((0, 5, 10, 20))[stream.pick((60, 14, 18, 8), n)]
    return Lines(deals[row], product, quantity, discount, quantity * price * (100 - discount))


def _with_repetitions(own: Play, owners: Owners) -> Play:
    """The deals followed by their repetitions, which stay where they began."""
    repeats, which = own.repeats, own.repeats.original
    k = len(repeats.master)
    never = np.full(k, NEVER, dtype=np.int64)
    none = np.zeros(k, dtype=bool)
    begun = np.concatenate([own.created, repeats.created])
    first_stage = np.concatenate([repeats.created[:, None], np.full((k, OPEN_STAGES - 1), NEVER)], axis=1)
    return Play(
        repeats=repeats, company=own.company[which], owner=owners.at(own.owner[which], begun), pipeline=own.pipeline[which],
        is_new=own.is_new[which], currency=own.currency[which], created=begun,
        entered=np.concatenate([own.entered, first_stage]), pushed=np.concatenate([own.pushed, never]),
        closed=np.concatenate([own.closed, never]), wins=own.wins[which], close_day=own.close_day[which],
        settled=np.concatenate([own.settled, never]), cents=own.cents[which], estimate=own.estimate[which], lines=own.lines,
        **{name: np.concatenate([getattr(own, name), none])
           for name in ("missing", "backwards", "orphaned", "tries", "nothing")},
    )  # fmt: skip


def deal_ids(deals: Ints) -> pa.StringArray:
    """Deal ids; negative deals give an empty cell."""
    return cells.integers(9_300_000_000 + 13 * deals, deals >= 0)
