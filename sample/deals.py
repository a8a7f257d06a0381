"""What happens to each opportunity: who owns it, what it is worth, how long it takes and how it ends.

Existing customers' deals need to know who became a customer, so new business is played first; renewals come last, created when
the contract that they renew begins, a year before it ends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sample import products, words
from sample.draws import Flags, Floats, Ints, Pools, Stream, lognormal
from sample.handovers import MOVED_COUNTRY, Handovers, pass_on
from sample.interest import Interest
from sample.moments import MONTHS, OFFICE_WEEK, Span, back_to_workday, on_to_workday, spread_to_workdays
from sample.people import INSTALLED_BASE, NEW_BUSINESS, People
from sample.rates import EUR
from sample.traits import PrefixStream

FROM_LEAD, OUTBOUND, EXPANSION, RENEWAL = range(4)
OPEN, WON, LOST = range(3)
TYPES = ("New Business", "New Business", "Existing Business", "Renewal")
_OUTBOUND, _EXPANSION = 540, 1380  # at scale 1
# By segment: median US dollars, median days, and chances of winning by kind; the middle segment truly wins most.
_DOLLARS = (6_500.0, 24_000.0, 85_000.0)
_DAYS = (26.0, 52.0, 98.0)
WIN = ((0.23, 0.36, 0.20), (0.19, 0.31, 0.16), (0.42, 0.54, 0.40), (0.78, 0.88, 0.84))
_KIND_DOLLARS = (1.0, 1.1, 0.5, 0.8)
_KIND_DAYS = (1.0, 1.1, 0.7, 1.0)
_QUALITY = np.array(words.LEAD_SOURCE_QUALITY) / 100.0
RAMPING_DAYS, RAMPING_CHANCE = 90, 0.75
_MOST = 0.95
_YEAR = 365
_RENEWED_WINS, _RENEWED_CUSTOMERS = 0.5, 0.4
_EUROS_FOR_A_DOLLAR = 0.92
_STAYS_WITH_LEAVER = 0.06
_BACKDATED, _CLOSED_BEFORE_CREATION, _CLOSED_AHEAD, _DISTANT = 0.04, 0.004, 0.002, 0.004


@dataclass(frozen=True)
class Deals:
    """One entry per opportunity. Moments in UTC seconds, money in cents of the deal's currency; `account` -1 = none given.

    `owner` is the first one and `handovers` tells who came after; `recorded` is the moment at which a close was entered, on
    time or days after `close_day`; `propensity` is the true chance of winning.
    """

    count: int
    kind: Ints
    segment: Ints
    account: Ints
    owner: Ints
    source: Ints
    created_day: Ints
    created: Ints
    close_day: Ints
    close: Ints
    recorded: Ints
    outcome: Ints
    propensity: Floats
    currency: Ints
    campaign: Ints
    cents: Ints
    amount_missing: Flags
    zeroed: Flags
    overdue: Flags
    deleted: Flags
    lines: products.Lines
    handovers: Handovers
    stop_day: Ints

    def owner_at(self, which: Ints, moment: Ints) -> Ints:
        """Who owns the deals `which` at the moments."""
        return self.handovers.owner(self.owner, which, moment)


@dataclass(frozen=True)
class Opening:
    """How each opportunity begins, before anything has happened to it; `interest` -1 = not from a lead, `due_day` -1 = open."""

    count: int
    kind: Ints
    created_day: Ints
    created_minute: Ints
    source: Ints
    campaign: Ints
    interest: Ints
    due_day: Ints


def open_deals(seed: int, scale: float, span: Span, interest: Interest) -> Opening:
    """The beginnings of new business and expansions, by creation; what was open when the CRM came dates from its first week."""
    stream = Stream(seed, "openings")
    leads = np.flatnonzero((interest.converts_day >= 0) & ~interest.bare)
    outbound, expansions = max(6, round(_OUTBOUND * scale)), max(14, round(_EXPANSION * scale))
    others = outbound + expansions
    day = span.created(stream, others, OFFICE_WEEK)
    first_week = back_to_workday(span.first + stream.between(2, 8, others))
    day = np.concatenate([interest.converts_day[leads], np.where(stream.chance(0.1, others), first_week, day)])
    count = len(day)
    minute = stream.between(510, 1050, count)
    none = np.full(others, -1, dtype=np.int64)
    kind = np.repeat(np.array([FROM_LEAD, OUTBOUND, EXPANSION]), [len(leads), outbound, expansions])
    source = np.concatenate([interest.source[leads], stream.pick(words.LEAD_SOURCE_WEIGHTS, others)])
    campaign = np.concatenate([interest.campaign[leads], none])
    order = np.argsort(day * 1440 + minute, kind="stable")
    return Opening(
        count=count, kind=kind[order], created_day=day[order], created_minute=minute[order], source=source[order],
        campaign=campaign[order], interest=np.concatenate([leads, none])[order], due_day=np.full(count, -1, dtype=np.int64),
    )  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """Where deals are played: the accounts' segments, currencies and whether they lie in the territory that moves."""

    segment: Ints
    currency: Ints
    country: Ints
    legacy: Ints


def play(seed: int, span: Span, people: People, pools: Pools, opening: Opening, account: Ints, ground: Ground) -> Deals:
    """Everything that happens to the opportunities.

    Args:
        seed: of the company.
        span: the months told of.
        people: who may own a deal.
        pools: who is there to be given one, by group and month.
        opening: the beginnings of all but the renewals.
        account: each new-business deal's account; others are filled in here.
        ground: the accounts; its legacy ones were customers before the first month.
    """
    fresh = opening.kind <= OUTBOUND
    account = account.copy()
    legacy = ground.legacy
    first = _play(seed, span, people, pools, opening, np.where(fresh, account, legacy[0]), ground)
    won = np.flatnonzero(fresh & (first.outcome == WON))
    won = won[np.argsort(first.close[won], kind="stable")]
    again = np.flatnonzero(~fresh)
    stream = Stream(seed, "customers")
    known = np.searchsorted(first.close[won], first.created[again] - 60 * 86_400)
    recent = stream.chance(0.5, len(again)) & (known > 0)
    old = legacy[stream.below(len(legacy), len(again))]
    account[again] = np.where(recent, account[won[stream.below(known, len(again))]] if len(won) else old, old)
    renewed, of_account = _renewals(seed, span, opening, won, first.close_day[won], account[won], legacy)
    return _dirty(seed, span, _play(seed, span, people, pools, renewed, np.concatenate([account, of_account]), ground))


def _renewals(
    seed: int, span: Span, opening: Opening, won: Ints, won_day: Ints, of_won: Ints, legacy: Ints
) -> tuple[Opening, Ints]:
    """The beginnings with those of the renewals after them, and the renewals' accounts."""
    stream = Stream(seed, "renewals")
    signed = stream.chance(_RENEWED_WINS, len(won))
    customers = stream.sample(legacy, max(4, round(_RENEWED_CUSTOMERS * len(legacy))))
    # Contracts of earlier years end on any day of the next 21 months; what begins before the CRM does, is entered with it.
    due = span.first + 20 + stream.below(640, len(customers))
    due = np.concatenate([won_day[signed] + _YEAR + stream.between(-10, 10, int(signed.sum())), due])
    begins = on_to_workday(np.maximum(due - _YEAR, span.first + stream.between(2, 12, len(due))))
    there = begins < span.last
    due, begins = spread_to_workdays(stream, due)[there], begins[there]
    n = len(due)
    none = np.full(n, -1, dtype=np.int64)
    more = Opening(
        count=n, kind=np.full(n, RENEWAL), created_day=begins, created_minute=stream.between(510, 1050, n),
        source=stream.pick(words.LEAD_SOURCE_WEIGHTS, n), campaign=none, interest=none, due_day=due,
    )  # fmt: skip
    names = [name for name in Opening.__dataclass_fields__ if name != "count"]
    columns = {name: np.concatenate([getattr(opening, name), getattr(more, name)]) for name in names}
    return Opening(count=opening.count + n, **columns), np.concatenate([of_won[signed], customers])[there]


def _play(seed: int, span: Span, people: People, pools: Pools, opening: Opening, account: Ints, ground: Ground) -> Deals:
    stream = PrefixStream(seed, "deals")
    n, kind = opening.count, opening.kind
    segment, currency = ground.segment[account], ground.currency[account]
    installed = (kind >= EXPANSION) & stream.chance(0.85, n)
    group = np.where(installed, INSTALLED_BASE, NEW_BUSINESS) + segment
    owner = pools.draw(stream, group * MONTHS + span.month(opening.created_day))
    zone = people.zone[owner]
    created = span.moment(opening.created_day, opening.created_minute, zone, stream.below(60, n))

    chance = np.array(WIN)[kind, segment] * people.skill[owner] * np.where(kind == RENEWAL, 1.0, _QUALITY[opening.source])
    chance = chance * np.where(opening.created_day - people.hire_day[owner] < RAMPING_DAYS, RAMPING_CHANCE, 1.0)
    # Renewals depend less on who asks for them.
    chance = np.minimum(np.where(kind == RENEWAL, np.array(WIN)[kind, segment], chance), _MOST)
    wins = stream.chance(chance, n)
    days = np.array(_DAYS)[segment] * np.array(_KIND_DAYS)[kind] * people.pace[owner] * stream.spread(lognormal(0.45), n)
    length = np.maximum((days * np.where(wins, 1.0, 1.15)).astype(np.int64), 1)
    close_day = _pulled_to_quarter_end(stream, span, opening.created_day, opening.created_day + length, wins)
    close_day = np.where(opening.due_day >= 0, np.maximum(opening.due_day, opening.created_day + 1), close_day)
    same_day = close_day == opening.created_day
    close_minute = np.where(same_day, opening.created_minute + 20 + stream.below(20, n), stream.between(540, 1075, n))
    close = np.maximum(span.moment(close_day, close_minute, zone), created + 600)
    done = (close_day <= span.last) & (close < span.end)
    outcome = np.where(done, np.where(wins, WON, LOST), OPEN)

    growth = 1.0 + 0.0003 * (opening.created_day - span.first)
    worth = np.array(_DOLLARS)[segment] * np.array(_KIND_DOLLARS)[kind] * growth * stream.spread(lognormal(0.7), n)
    worth = worth * np.where(currency == EUR, _EUROS_FOR_A_DOLLAR, 1.0)
    listed = stream.chance(0.7, n)
    lines = products.price(stream, np.flatnonzero(listed), segment[listed], currency[listed], worth[listed])
    cents = np.where(listed, products.totals(lines, n), np.maximum((worth / 50).astype(np.int64), 4) * 5000)
    none = np.zeros(n, dtype=bool)
    handovers = pass_on(
        stream, span, people, pools, owner, opening.created_day, np.where(done, close_day, span.last + 1),
        ground.country[account] == MOVED_COUNTRY, _STAYS_WITH_LEAVER,
    )  # fmt: skip
    last_day = np.maximum(people.end_day[handovers.last_owner(owner)], opening.created_day)
    return Deals(
        count=n, kind=kind, segment=segment, account=account, owner=owner, source=opening.source,
        created_day=opening.created_day, created=created, close_day=close_day, close=close, recorded=close, outcome=outcome,
        propensity=chance, currency=currency, campaign=opening.campaign, cents=cents, amount_missing=none, zeroed=none,
        overdue=none, deleted=none, lines=lines, handovers=handovers,
        stop_day=np.minimum(np.minimum(close_day, span.last), last_day),
    )  # fmt: skip


def _pulled_to_quarter_end(stream: Stream, span: Span, created_day: Ints, close_day: Ints, wins: Flags) -> Ints:
    """One in four won deals (one in ten lost ones) close in the last days of their quarter; nothing closes at a weekend."""
    n = len(close_day)
    unit = stream.unit(n)
    late = span.quarter_end(close_day) - (14.0 * unit * unit).astype(np.int64)
    pulled = stream.chance(np.where(wins, 0.25, 0.1), n) & (late > created_day)
    return np.maximum(np.where(pulled, back_to_workday(late), spread_to_workdays(stream, close_day)), created_day)


def _dirty(seed: int, span: Span, deals: Deals) -> Deals:
    """The slips of busy reps: amounts left out or set to zero, closes entered late or for another day, overdue deals."""
    stream = Stream(seed, "deal slips")
    n = deals.count
    listed = np.zeros(n, dtype=bool)
    listed[deals.lines.deal] = True
    is_open, is_lost = deals.outcome == OPEN, deals.outcome == LOST
    missing_rate = np.where(is_open & ~listed, 0.05, np.where((deals.outcome == WON) & ~listed, 0.016, 0.0))
    deleted = stream.chance(0.01, n) & (deals.kind != FROM_LEAD)
    overdue = is_open & stream.chance(0.025, n)
    unattached = is_open & (deals.kind != FROM_LEAD) & stream.chance(0.03, n)
    kept = ~deleted[deals.lines.deal]
    lines = products.Lines(*(getattr(deals.lines, name)[kept] for name in products.Lines.__dataclass_fields__))

    recorded = deals.close + np.where(stream.chance(_BACKDATED, n), stream.between(1, 6, n), 0) * 86_400
    # What is entered after the last day is not in the CRM yet; such closes were entered on time instead.
    recorded = np.where(recorded < span.end, recorded, deals.close)
    closed = ~is_open & ~deleted & (deals.kind != RENEWAL)
    unborn = closed & stream.chance(_CLOSED_BEFORE_CREATION, n)
    ahead = closed & ~unborn & stream.chance(_CLOSED_AHEAD, n)
    close_day = np.where(overdue, np.maximum(span.last - stream.between(3, 80, n), deals.created_day + 1), deals.close_day)
    close_day = np.where(unborn, deals.created_day - stream.between(3, 25, n), close_day)
    close_day = np.where(ahead, span.last + stream.between(2, 20, n), close_day)
    distant = is_open & ~overdue & ~deleted & stream.chance(_DISTANT, n)
    close_day = np.where(distant, span.last + stream.between(740, 900, n), close_day)
    return replace(
        deals,
        amount_missing=stream.chance(missing_rate, n),
        zeroed=is_lost & ~listed & stream.chance(0.6, n),
        overdue=overdue,
        deleted=deleted,
        account=np.where(unattached, -1, deals.account),
        close_day=close_day,
        recorded=recorded,
        lines=lines,
    )
