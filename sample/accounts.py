"""Accounts and their contacts, as they truly are.

Account i is company i: first those that new business opened, then those that conversions made without a deal, then the
customers of earlier years; at the end come accounts that were entered twice. Contact i is the main contact of account i.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample import words
from sample.companies import SIZE_WEIGHTS, Companies
from sample.deals import FROM_LEAD, OUTBOUND, WON, Deals, Opening
from sample.draws import Flags, Ints, Pools, Stream
from sample.handovers import MOVED_COUNTRY, Handovers, pass_on
from sample.interest import Interest
from sample.moments import MONTHS, Span
from sample.people import INSTALLED_BASE, NEVER, People
from sample.timeline import DAY

_STRANGERS = 13_000  # at scale 1
_PARTNERS = 12
_STAYS_WITH_LEAVER = 0.35
_CONTACT_TWINS = 0.02


@dataclass(frozen=True)
class Accounts:
    """How many accounts of each origin there are, and the account of every new-business deal (-1 for other deals).

    `originals` accounts are companies of their own; `twins` repeat the accounts listed in them. `of_person` is the account that
    the conversion of each interested person made, -1 for none. `segment` is that of every company, accounts first.
    """

    originals: int
    of_deal: Ints
    of_person: Ints
    bare: Ints
    legacy: Ints
    partners: Ints
    twins: Ints
    segment: Ints

    @property
    def count(self) -> int:
        """All accounts."""
        return self.originals + len(self.twins)

    @property
    def company(self) -> Ints:
        """The company of each account."""
        return np.concatenate([np.arange(self.originals, dtype=np.int64), self.twins])


def enter(seed: int, scale: float, opening: Opening, interest: Interest) -> Accounts:
    """The account book that fits the opportunities and the conversions, and the size of every company of the market."""
    stream = Stream(seed, "account book")
    fresh = np.flatnonzero(opening.kind <= OUTBOUND)
    persons = np.flatnonzero(interest.bare)
    new, bare, legacy = len(fresh), len(persons), max(20, round(1100 * scale))
    originals = new + bare + legacy
    of_deal = np.full(opening.count, -1, dtype=np.int64)
    of_deal[fresh] = np.arange(new)
    of_person = np.full(interest.count, -1, dtype=np.int64)
    from_lead = np.flatnonzero(opening.kind == FROM_LEAD)
    of_person[opening.interest[from_lead]] = of_deal[from_lead]
    of_person[persons] = new + np.arange(bare)
    segment = stream.pick(SIZE_WEIGHTS, originals + max(30, round(_STRANGERS * scale)))
    # There are strangers of every size, however few they are.
    segment[originals : originals + 3] = (0, 1, 2)
    made = np.flatnonzero(of_person >= 0)
    segment[of_person[made]] = interest.segment[made]
    twins = stream.sample(np.arange(originals, dtype=np.int64), max(1, round(0.011 * originals)))
    older = np.arange(new + bare, originals, dtype=np.int64)
    return Accounts(
        originals=originals,
        of_deal=of_deal,
        of_person=of_person,
        bare=np.arange(new, new + bare, dtype=np.int64),
        legacy=older,
        partners=older[: min(_PARTNERS, len(older) // 4)],
        twins=twins,
        segment=segment,
    )


@dataclass(frozen=True)
class Keeping:
    """Who keeps each account since when, who takes it over, when its first deal was won and when it was merged away.

    Moments in seconds, NEVER where there is none; `parent` and `master` are accounts, -1 for none.
    """

    owner: Ints
    handovers: Handovers
    created: Ints
    won: Ints
    merged: Ints
    parent: Ints
    master: Ints

    def owner_at(self, which: Ints, moment: Ints) -> Ints:
        """Who keeps the accounts `which` at the moments."""
        return self.handovers.owner(self.owner, which, moment)


def assign(
    seed: int, span: Span, people: People, pools: Pools, book: Accounts, market: Companies, deals: Deals, bare_moments: Ints
) -> Keeping:
    """Owner and creation of each account: the first deal's, the conversion's (`bare_moments`), or of earlier years."""
    stream = Stream(seed, "accounts")
    n, every = book.originals, np.arange(book.count, dtype=np.int64)
    owner = pools.draw(stream, (INSTALLED_BASE + market.segment[:n]) * MONTHS)
    created = (span.first - stream.between(30, 1100, n)) * DAY + stream.between(50_000, 75_000, n)
    fresh = np.flatnonzero(book.of_deal >= 0)
    owner[book.of_deal[fresh]] = deals.owner[fresh]
    created[book.of_deal[fresh]] = deals.created[fresh]
    created[book.bare] = bare_moments
    later = created[book.twins] + stream.between(DAY, 90 * DAY, len(book.twins))
    later = np.where(later < span.end, later, created[book.twins])
    owner, created = np.concatenate([owner, owner[book.twins]]), np.concatenate([created, later])

    countries = np.array([place[3] for place in words.PLACES])[market.place[book.company]]
    moves = (countries == MOVED_COUNTRY) & ~np.isin(every, book.partners)
    ends = np.full(book.count, span.last + 1, dtype=np.int64)
    handovers = pass_on(stream, span, people, pools, owner, created // DAY, ends, moves, _STAYS_WITH_LEAVER)
    is_twin = every >= n
    merged = is_twin & stream.chance(0.35, book.count)
    merged_at = np.minimum(created + stream.between(5 * DAY, 120 * DAY, book.count), span.end - 1)
    # A subsidiary's parent is an older customer further up the book, so that no chain can close.
    parent = np.full(book.count, -1, dtype=np.int64)
    children = book.legacy[len(book.legacy) // 2 :]
    children = children[stream.chance(0.12, len(children))]
    parent[children] = book.legacy[stream.below(len(book.legacy) // 2, len(children))]
    return Keeping(
        owner=owner,
        handovers=handovers,
        created=created,
        won=_first_win(book, deals),
        merged=np.where(merged, np.maximum(merged_at, created), NEVER),
        parent=parent,
        master=np.where(merged, book.company, -1),
    )


def _first_win(book: Accounts, deals: Deals) -> Ints:
    """The moment since when each account is a customer, 0 for those of earlier years."""
    won = np.full(book.count, NEVER, dtype=np.int64)
    winning = np.flatnonzero((deals.outcome == WON) & (deals.account >= 0) & ~deals.deleted)
    np.minimum.at(won, deals.account[winning], deals.recorded[winning])
    won[book.legacy] = 0
    older = np.flatnonzero(np.isin(book.twins, book.legacy))
    won[book.originals + older] = 0
    return won


def contact_count(scale: float, book: Accounts) -> int:
    """One main contact for each account that is not a repetition, and two more for every five."""
    return book.originals + max(5, round(2000 * scale))


@dataclass(frozen=True)
class Faces:
    """Account and name of each contact; `twin` is the contact that this one repeats, -1 for originals."""

    account: Ints
    first_name: Ints
    last_name: Ints
    twin: Ints


def faces(seed: int, count: int, book: Accounts, lead_account: Ints, lead_first: Ints, lead_last: Ints) -> Faces:
    """All contacts; `lead_*` tell the account (-1 for none), first and last name of every lead, which its conversion copies."""
    stream = Stream(seed, "contacts")
    extra = count - book.originals
    account = np.concatenate([np.arange(book.originals, dtype=np.int64), stream.below(book.originals, extra)])
    first, last = stream.below(len(words.FIRST_NAMES), count), stream.below(len(words.LAST_NAMES), count)
    converted = np.flatnonzero(lead_account >= 0)
    first[lead_account[converted]] = lead_first[converted]
    last[lead_account[converted]] = lead_last[converted]
    again: Flags = np.concatenate([np.zeros(book.originals, dtype=bool), stream.chance(_CONTACT_TWINS, extra)])
    again[-1] = True
    return Faces(
        account=account,
        first_name=np.where(again, first[account], first),
        last_name=np.where(again, last[account], last),
        twin=np.where(again, account, -1),
    )
