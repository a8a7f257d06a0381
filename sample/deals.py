"""What happens to each opportunity: who owns it, what it is worth, how long it takes and how it ends.

Existing customers' deals need to know who became a customer, so new business is played first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sample import products, words
from sample.draws import Flags, Ints, Pools, Stream, lognormal
from sample.moments import MONTHS, OFFICE_WEEK, Span, back_to_workday, spread_to_workdays
from sample.people import INSTALLED_BASE, NEW_BUSINESS, People

FROM_LEAD, OUTBOUND, EXPANSION, RENEWAL = range(4)
OPEN, WON, LOST = range(3)
TYPES = ("New Business", "New Business", "Existing Business", "Renewal")
_KIND_WEIGHTS = (53, 9, 23, 15)
# By segment: median US dollars, median days, and chances of winning by kind.
_DOLLARS = (6_500.0, 24_000.0, 85_000.0)
_DAYS = (26.0, 52.0, 98.0)
_WIN = ((0.27, 0.25, 0.22), (0.22, 0.20, 0.18), (0.46, 0.44, 0.42), (0.80, 0.82, 0.85))
_KIND_DOLLARS = (1.0, 1.1, 0.5, 0.8)
_KIND_DAYS = (1.0, 1.1, 0.7, 0.6)
_QUALITY = np.array(words.LEAD_SOURCE_QUALITY) / 100.0


@dataclass(frozen=True)
class Deals:
    """One entry per opportunity, by creation. Moments in UTC seconds, money in cents; `account` -1 = none given."""

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
    outcome: Ints
    cents: Ints
    amount_missing: Flags
    zeroed: Flags
    overdue: Flags
    deleted: Flags
    lines: products.Lines
    stop_day: Ints


@dataclass(frozen=True)
class Opening:
    """How each opportunity begins, before anything has happened to it."""

    count: int
    kind: Ints
    created_day: Ints
    created_minute: Ints
    source: Ints


def open_deals(seed: int, scale: float, span: Span) -> Opening:
    """The opportunities' beginnings; the pipeline that the CRM was started with carries the first week's dates."""
    count = max(60, round(6000 * scale))
    stream = Stream(seed, "openings")
    day = span.created(stream, count, OFFICE_WEEK)
    first_week = back_to_workday(span.first + stream.between(2, 8, count))
    day = np.where(stream.chance(0.03, count), first_week, day)
    minute = stream.between(510, 1050, count)
    order = np.argsort(day * 1440 + minute, kind="stable")
    return Opening(
        count=count,
        kind=stream.pick(_KIND_WEIGHTS, count),
        created_day=day[order],
        created_minute=minute[order],
        source=stream.pick(words.LEAD_SOURCE_WEIGHTS, count),
    )


def play(
    seed: int,
    span: Span,
    people: People,
    pools: Pools,
    opening: Opening,
    account: Ints,
    segments: Ints,
    legacy: Ints,
) -> Deals:
    """Everything that happens to the opportunities.

    Args:
        seed: of the company.
        span: the months told of.
        people: who may own a deal.
        pools: who is there to be given one, by group and month.
        opening: the beginnings.
        account: each new-business deal's account; others are filled in here.
        segments: segment of every account.
        legacy: accounts that were customers before the first month.
    """
    fresh = opening.kind <= OUTBOUND
    account = account.copy()
    first = _play(seed, span, people, pools, opening, np.where(fresh, account, legacy[0]), segments)
    won = np.flatnonzero(fresh & (first.outcome == WON))
    won = won[np.argsort(first.close[won], kind="stable")]
    again = np.flatnonzero(~fresh)
    stream = Stream(seed, "customers")
    known = np.searchsorted(first.close[won], first.created[again] - 60 * 86_400)
    recent = stream.chance(0.5, len(again)) & (known > 0)
    old = legacy[stream.below(len(legacy), len(again))]
    account[again] = np.where(recent, account[won[stream.below(known, len(again))]] if len(won) else old, old)
    return _dirty(seed, span, _play(seed, span, people, pools, opening, account, segments))


def _play(seed: int, span: Span, people: People, pools: Pools, opening: Opening, account: Ints, segments: Ints) -> Deals:
    stream = Stream(seed, "deals")
    n, kind = opening.count, opening.kind
    segment = segments[account]
    installed = (kind >= EXPANSION) & stream.chance(0.85, n)
    group = np.where(installed, INSTALLED_BASE, NEW_BUSINESS) + segment
    owner = pools.draw(stream, group * MONTHS + span.month(opening.created_day))
    zone = people.zone[owner]
    created = span.moment(opening.created_day, opening.created_minute, zone, stream.below(60, n))

    chance = np.array(_WIN)[kind, segment] * people.skill[owner] * np.where(kind == RENEWAL, 1.0, _QUALITY[opening.source])
    chance = chance * np.where(opening.created_day - people.hire_day[owner] < 90, 0.75, 1.0)
    wins = stream.chance(np.minimum(chance, 0.95), n)
    days = np.array(_DAYS)[segment] * np.array(_KIND_DAYS)[kind] * people.pace[owner] * stream.spread(lognormal(0.45), n)
    length = np.maximum((days * np.where(wins, 1.0, 1.15)).astype(np.int64), 1)
    close_day = _pulled_to_quarter_end(stream, span, opening.created_day, opening.created_day + length, wins)
    same_day = close_day == opening.created_day
    close_minute = np.where(same_day, opening.created_minute + 20 + stream.below(20, n), stream.between(540, 1075, n))
    close = np.maximum(span.moment(close_day, close_minute, zone), created + 600)
    done = (close_day <= span.last) & (close < span.end)
    outcome = np.where(done, np.where(wins, WON, LOST), OPEN)

    growth = 1.0 + 0.0003 * (opening.created_day - span.first)
    dollars = np.array(_DOLLARS)[segment] * np.array(_KIND_DOLLARS)[kind] * growth * stream.spread(lognormal(0.7), n)
    listed = stream.chance(0.7, n)
    lines = products.price(stream, np.flatnonzero(listed), segment[listed], dollars[listed])
    cents = np.where(listed, products.totals(lines, n), np.maximum((dollars / 50).astype(np.int64), 4) * 5000)
    none = np.zeros(n, dtype=bool)
    return Deals(
        count=n, kind=kind, segment=segment, account=account, owner=owner, source=opening.source,
        created_day=opening.created_day, created=created, close_day=close_day, close=close, outcome=outcome, cents=cents,
        amount_missing=none, zeroed=none, overdue=none, deleted=none, lines=lines,
        stop_day=np.minimum(np.minimum(close_day, span.last), np.maximum(people.end_day[owner], opening.created_day)),
    )  # fmt: skip


def _pulled_to_quarter_end(stream: Stream, span: Span, created_day: Ints, close_day: Ints, wins: Flags) -> Ints:
    """One in four won deals (one in ten lost ones) close in the last days of their quarter; nothing closes at a weekend."""
    n = len(close_day)
    unit = stream.unit(n)
    late = span.quarter_end(close_day) - (14.0 * unit * unit).astype(np.int64)
    pulled = stream.chance(np.where(wins, 0.25, 0.1), n) & (late > created_day)
    return np.maximum(np.where(pulled, back_to_workday(late), spread_to_workdays(stream, close_day)), created_day)


def _dirty(seed: int, span: Span, deals: Deals) -> Deals:
    """The slips of busy reps: amounts left out or set to zero, open deals past their date, deleted and unattached ones."""
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
    return replace(
        deals,
        amount_missing=stream.chance(missing_rate, n),
        zeroed=is_lost & ~listed & stream.chance(0.6, n),
        overdue=overdue,
        deleted=deleted,
        account=np.where(unattached, -1, deals.account),
        close_day=np.where(overdue, np.maximum(span.last - stream.between(3, 80, n), deals.created_day + 1), deals.close_day),
        lines=lines,
    )
