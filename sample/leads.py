"""Leads: who showed interest, what became of them and when, and which of them were typed in twice.

A converted lead points to the account, contact and opportunity that its conversion made; they share its company.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import companies, words
from sample.accounts import Accounts
from sample.companies import Companies
from sample.deals import Deals
from sample.draws import Flags, Floats, Ints, Pools, Stream
from sample.handovers import Handovers, pass_on
from sample.interest import Interest
from sample.moments import MONTHS, Span
from sample.people import FIRST_CONTACT, NEVER, NEW_BUSINESS, People

STATUSES = (
    "Open - Not Contacted",
    "Marketing Qualified",
    "Working - Contacted",
    "Closed - Not Converted",
    "Closed - Converted",
)
NEW, QUALIFIED, WORKING, REFUSED, CONVERTED = range(len(STATUSES))
_DAY = 86_400
_HOUR = 3600
# The chance that marketing qualifies somebody who does not convert: a share of all, and more with the propensity.
_QUALIFIED_LEAST, _QUALIFIED_MORE, _QUALIFIED_MOST = 0.10, 1.5, 0.9
_NEVER_CONTACTED, _NEVER_CLOSED = 0.03, 0.05
_STAYS_WITH_LEAVER = 0.3


@dataclass(frozen=True)
class Leads:
    """One entry per lead, by creation. `twin` is the lead that this one repeats, -1 for originals; -1 also = no such record.

    `entered` holds the moment at which each lead took each status after the first (4 columns, NEVER where it did not);
    `owner` is the first one; a converted lead ends with the owner of its deal.
    """

    count: int
    company: Ints
    account: Ints
    deal: Ints
    owner: Ints
    handovers: Handovers
    source: Ints
    title: Ints
    intent: Floats
    campaign: Ints
    propensity: Floats
    created: Ints
    created_day: Ints
    converted: Ints
    entered: Ints
    stop_day: Ints
    first_name: Ints
    last_name: Ints
    at_sign: Ints
    twin: Ints
    deleted: Flags

    def status_at(self, lead: Ints, moment: Ints) -> Ints:
        """The status of each lead at the moment."""
        reached = self.entered[lead] <= moment[:, None]
        return np.where(reached.any(axis=1), reached.shape[1] - reached[:, ::-1].argmax(axis=1), NEW)

    def owner_at(self, lead: Ints, moment: Ints, deals: Deals) -> Ints:
        """Who owns each lead at the moment; conversion gives it to the owner of the deal."""
        passed = (self.deal[lead] >= 0) & (self.converted[lead] <= moment)
        return np.where(passed, deals.owner[self.deal[lead]], self.handovers.owner(self.owner, lead, moment))


@dataclass(frozen=True)
class Conversions:
    """The account and deal that each person's conversion made (-1 = none), and its local day (-1 = no conversion)."""

    account: Ints
    deal: Ints
    day: Ints

    def moments(self, stream: Stream, span: Span, deals: Deals) -> Ints:
        """The moment of each conversion: the creation of its deal; -1 without a conversion."""
        n = len(self.day)
        alone = np.minimum(self.day * _DAY + stream.between(50_000, 70_000, n), span.end - 1)
        return np.where(self.day < 0, -1, np.where(self.deal >= 0, deals.created[self.deal], alone))


def gather(
    seed: int, scale: float, span: Span, people: People, pools: Pools, interest: Interest, conversions: Conversions,
    deals: Deals, market: Companies, book: Accounts,
) -> Leads:  # fmt: skip
    """All leads: everyone of `interest`, and some a second time.

    Args:
        seed, scale: of the company.
        span: the months told of.
        people: who may own a lead.
        pools: who is there to be given one.
        interest: the persons.
        conversions: what the conversions of the persons made.
        deals: the opportunities.
        market: the companies; the ones after the accounts' never became accounts.
        book: the accounts.
    """
    stream = Stream(seed, "leads")
    persons = interest.count
    twins = max(1, round(220 * scale))
    n = persons + twins
    converted = conversions.moments(stream, span, deals)
    unconverted = np.flatnonzero(converted < 0)
    original = np.concatenate([np.arange(persons), unconverted[stream.below(len(unconverted), twins)]])
    created = np.where(converted >= 0, np.minimum(interest.created, converted - 900), interest.created)
    created = np.concatenate([created, created[original[-twins:]] + stream.between(_HOUR, 20 * _DAY, twins)])
    created = np.where(created >= span.end, created - 21 * _DAY, created)
    is_twin = np.arange(n) >= persons
    converted = np.where(is_twin, -1, converted[original])
    company = np.where(conversions.account >= 0, conversions.account, _strangers(stream, interest.segment, market, book))

    day = created // _DAY
    group = np.where(stream.chance(0.45, n), FIRST_CONTACT, NEW_BUSINESS + interest.segment[original])
    owner = pools.draw(stream, group * MONTHS + span.month(day))
    entered = _statuses(stream, created, converted, interest.propensity[original], is_twin)
    ends = np.minimum(entered[:, REFUSED - 1], entered[:, CONVERTED - 1]) // _DAY
    handovers = pass_on(stream, span, people, pools, owner, day, ends, np.zeros(n, dtype=bool), _STAYS_WITH_LEAVER)
    until = np.minimum(np.where(converted >= 0, converted // _DAY, day + 45), ends)
    stop_day = np.minimum(np.minimum(until, span.last), people.end_day[handovers.last_owner(owner)])
    slip = stream.chance(0.010, n) & (converted < 0)

    order = np.argsort(created, kind="stable")
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    of_person = original[order]
    return Leads(
        count=n,
        company=company[of_person],
        account=np.where(is_twin[order], -1, conversions.account[of_person]),
        deal=np.where(is_twin[order], -1, conversions.deal[of_person]),
        owner=owner[order],
        handovers=Handovers(heir=handovers.heir[order], day=handovers.day[order]),
        source=interest.source[of_person],
        title=interest.title[of_person],
        intent=interest.intent[of_person],
        campaign=interest.campaign[of_person],
        propensity=interest.propensity[of_person],
        created=created[order],
        created_day=day[order],
        converted=converted[order],
        entered=entered[order],
        stop_day=np.maximum(stop_day, day)[order],
        first_name=stream.below(len(words.FIRST_NAMES), n)[of_person],
        last_name=stream.below(len(words.LAST_NAMES), n)[of_person],
        at_sign=np.where(slip, stream.between(1, 3, n), 0)[of_person],
        twin=np.where(is_twin, place[original], -1)[order],
        deleted=(stream.chance(np.where(is_twin, 0.3, 0.006), n) & (converted < 0))[order],
    )


def _strangers(stream: Stream, segment: Ints, market: Companies, book: Accounts) -> Ints:
    """For each person a company of the segment that never became an account; some companies send several persons."""
    strangers = np.arange(book.originals, len(market.segment))
    ordered = strangers[np.argsort(market.segment[strangers], kind="stable")]
    counts = np.bincount(market.segment[strangers], minlength=3)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return np.asarray(ordered[starts[segment] + stream.below(counts[segment], len(segment))])


def _statuses(stream: Stream, created: Ints, converted: Ints, propensity: Floats, is_twin: Flags) -> Ints:
    """The moment at which each lead takes each status after the first, NEVER where it does not."""
    n = len(created)
    converts = converted >= 0
    chance = np.minimum(_QUALIFIED_LEAST + _QUALIFIED_MORE * propensity, _QUALIFIED_MOST)
    qualifies = converts | (stream.chance(chance, n) & ~is_twin)
    qualified = created + stream.between(_HOUR, 9 * _DAY, n)
    worked = np.where(qualifies, qualified, created) + stream.between(2 * _HOUR, 6 * _DAY, n)
    refused = worked + stream.between(6 * _DAY, 45 * _DAY, n)
    # What converts soon goes through the same statuses faster.
    length = converted - created
    share = stream.unit(n)
    qualified = np.where(converts, created + (length * (0.1 + 0.3 * share)).astype(np.int64), qualified)
    worked = np.where(converts, created + (length * (0.5 + 0.4 * share)).astype(np.int64), worked)
    contacted = converts | ~stream.chance(_NEVER_CONTACTED, n)
    closed = contacted & ~converts & ~stream.chance(_NEVER_CLOSED, n)
    columns = (
        np.where(qualifies, qualified, NEVER),
        np.where(contacted, worked, NEVER),
        np.where(closed, refused, NEVER),
        np.where(converts, converted, NEVER),
    )
    return np.stack(columns, axis=1)


def emails(leads: Leads, which: Ints) -> pa.StringArray:
    """E-mail addresses as they were typed; one in a hundred cannot be right."""
    return companies.person_emails(leads.first_name[which], leads.last_name[which], leads.company[which], leads.at_sign[which])
