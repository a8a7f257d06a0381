"""The companies and contacts of the subsidiary that works with HubSpot, as they truly are.

Its companies come from the same market as the parent's; a few are accounts of the parent too. Contact i is the main contact of
company i.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells, companies, words
from sample.draws import Flags, Ints, Stream
from sample.hubspot.deals import Play, play
from sample.hubspot.owners import Owners, hire
from sample.people import NEVER
from sample.repeats import Repeats, repeat
from sample.slips import some
from sample.timeline import DAY, Timeline
from sample.world import World

# Lifecycle stages of a contact, and the column that tells when it entered each.
LIFECYCLE = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")
OPPORTUNITY, CUSTOMER = 4, 5
_COMPANIES, _CONTACTS = 450, 1500  # at scale 1
_SHARED = 0.06
_REPEATED = 0.02
# How far contacts without a deal get.
_LEVELS = (18, 44, 24, 14)
# The time before its first deal in which a contact warms up at most.
_WARMING = 60 * DAY
_EMAIL, _COUNTRY, _NOTHING, _SIZE = 0.01, 0.012, 0.02, 0.006


@dataclass(frozen=True)
class Clients:
    """One entry per company, repetitions last. `market` is the company's place in the market, `entered` its lifecycle.

    The flags are slips: a misspelt country, a word instead of an industry, a negative number of employees.
    """

    repeats: Repeats
    market: Ints
    owner: Ints
    created: Ints
    entered: Ints
    slip: Flags
    nothing: Flags
    negative: Flags


@dataclass(frozen=True)
class Contacts:
    """One entry per contact, repetitions last; `entered` holds the moment of each lifecycle stage (NEVER where it did not)."""

    repeats: Repeats
    company: Ints
    owner: Ints
    first_name: Ints
    last_name: Ints
    title: Ints
    source: Ints
    created: Ints
    entered: Ints
    at_sign: Ints
    slip: Flags


@dataclass(frozen=True)
class Subsidiary:
    """Everything that the subsidiary's HubSpot knows."""

    owners: Owners
    deals: Play
    clients: Clients
    contacts: Contacts


def found(world: World) -> Subsidiary:
    """The subsidiary as it is after the 24 months."""
    owners = hire(world)
    stream = Stream(world.seed, "hubspot clients")
    market = _market(stream, world)
    deals = play(world, owners, world.market.segment[market])
    clients = _clients(stream, world, owners, deals, market)
    return Subsidiary(owners, deals, clients, _contacts(world, owners, clients))


def _market(stream: Stream, world: World) -> Ints:
    """Strangers of the market, and some accounts of the parent; in no order."""
    n = max(10, round(_COMPANIES * world.scale))
    shared = stream.sample(np.arange(world.book.originals, dtype=np.int64), max(1, round(_SHARED * n)))
    strangers = np.arange(world.book.originals, len(world.market.segment), dtype=np.int64)
    every = np.concatenate([shared, stream.sample(strangers, n - len(shared))])
    return np.asarray(every[np.argsort(stream.unit(len(every)), kind="stable")])


def _clients(stream: Stream, world: World, owners: Owners, deals: Play, market: Ints) -> Clients:
    n, span = len(market), world.span
    own = deals.repeats.count
    first, won = _first_moments(n, deals.company[:own], deals.created[:own], deals.is_won[:own], deals.closed[:own])
    created = np.where(
        stream.chance(0.5, n), span.first - stream.between(5, 900, n), span.first + stream.below(span.last - span.first, n)
    ) * DAY + stream.between(30_000, 60_000, n)
    created = np.minimum(created, first - stream.between(DAY, 40 * DAY, n))
    every = np.arange(n)
    entered = np.full((n, len(LIFECYCLE)), NEVER, dtype=np.int64)
    entered[:, 1], entered[:, OPPORTUNITY], entered[:, CUSTOMER] = created, first, won
    repeats = repeat(stream, span, created, _REPEATED)
    k = len(repeats.master)
    # A company typed in a second time knows nothing of the first one's deals.
    again = np.full((k, len(LIFECYCLE)), NEVER, dtype=np.int64)
    again[:, 1] = repeats.created
    all_created = np.concatenate([created, repeats.created])
    total = repeats.total
    return Clients(
        repeats=repeats,
        market=market[repeats.original],
        owner=owners.draw(stream, all_created),
        created=all_created,
        entered=np.concatenate([entered, again]),
        slip=some(stream, _COUNTRY, np.arange(total) < len(every)),
        nothing=some(stream, _NOTHING, np.ones(total, dtype=bool)),
        negative=some(stream, _SIZE, np.ones(total, dtype=bool)),
    )


def _first_moments(n: int, company: Ints, created: Ints, won: Flags, closed: Ints) -> tuple[Ints, Ints]:
    """The first deal and the first success of each company; NEVER without."""
    first, success = np.full(n, NEVER, dtype=np.int64), np.full(n, NEVER, dtype=np.int64)
    np.minimum.at(first, company, created)
    np.minimum.at(success, company[won], closed[won])
    return first, success


def _contacts(world: World, owners: Owners, clients: Clients) -> Contacts:
    stream, span = Stream(world.seed, "hubspot contacts"), world.span
    companies_count = clients.repeats.count
    n = max(companies_count + 6, round(_CONTACTS * world.scale))
    company = np.concatenate([np.arange(companies_count, dtype=np.int64), stream.below(companies_count, n - companies_count)])
    is_main = np.arange(n) < companies_count
    begun = np.maximum(clients.created[company], (span.first - 900) * DAY)
    created = np.where(is_main, begun + 600, begun + stream.below(500 * DAY, n))
    created = np.where(created < span.end, created, begun + 1200)
    first, won = (np.where(is_main, clients.entered[company, place], NEVER) for place in (OPPORTUNITY, CUSTOMER))
    entered = _lifecycle(stream, created, first, won, span.end)
    # A company's contacts have different last names, so that no two share an address.
    place = _place_in_group(company)
    last_name = (stream.below(len(words.LAST_NAMES), companies_count)[company] + 7 * place) % len(words.LAST_NAMES)
    repeats = repeat(stream, span, created, _REPEATED)
    which, k = repeats.original, len(repeats.master)
    again = np.full((k, len(LIFECYCLE)), NEVER, dtype=np.int64)
    again[:, 0] = repeats.created
    all_created = np.concatenate([created, repeats.created])
    wrong = np.concatenate([some(stream, _EMAIL, np.ones(n, dtype=bool)), np.zeros(k, dtype=bool)])
    return Contacts(
        repeats=repeats,
        company=company[which],
        owner=owners.at(clients.owner[company[which]], all_created),
        first_name=stream.below(len(words.FIRST_NAMES), n)[which],
        last_name=last_name[which],
        title=stream.pick(words.TITLE_WEIGHTS, n)[which],
        source=stream.below(1 << 20, n)[which],
        created=all_created,
        entered=np.concatenate([entered, again]),
        at_sign=np.where(wrong, stream.between(1, 3, n + k), 0),
        slip=np.concatenate([some(stream, _COUNTRY, np.ones(n, dtype=bool)), np.zeros(k, dtype=bool)]),
    )


def _lifecycle(stream: Stream, created: Ints, first: Ints, won: Ints, end: int) -> Ints:
    """The moment of each lifecycle stage: on the way to a deal in equal steps, else as far as interest carries."""
    n = len(created)
    level = stream.pick(_LEVELS, n)
    moments = np.full((n, len(LIFECYCLE)), NEVER, dtype=np.int64)
    moments[:, 0] = created
    later = created.copy()
    for place in range(1, OPPORTUNITY):
        later = later + stream.between(3600, 40 * DAY, n)
        on_the_way = first - np.minimum(first - created, _WARMING) * (OPPORTUNITY - place) // OPPORTUNITY
        alone = np.where((level >= place) & (later < end), later, NEVER)
        moments[:, place] = np.where(first < NEVER, on_the_way, alone)
    moments[:, OPPORTUNITY], moments[:, CUSTOMER] = first, won
    return moments


def _place_in_group(group: Ints) -> Ints:
    """The place of each entry among those of its group, 0 first."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    place = np.empty(len(group), dtype=np.int64)
    place[order] = np.arange(len(group)) - np.searchsorted(ordered, ordered)
    return place


def stage_at(entered: Ints, record: Ints, moment: Ints) -> Ints:
    """The lifecycle stage of each record at the moment."""
    reached = entered[record] <= moment[:, None]
    return np.asarray(reached.shape[1] - 1 - reached[:, ::-1].argmax(axis=1))


def changes(repeats: Repeats, owners: Owners, owner: Ints, created: Ints, entered: Ints) -> Timeline:
    """Every moment at which a company or contact changed."""
    every = np.arange(len(created), dtype=np.int64)
    happenings = [(every, created), *repeats.happenings()]
    for moments in entered.T:
        known = np.flatnonzero(moments < NEVER)
        happenings.append((known, moments[known]))
    passed = np.flatnonzero((owner == owners.leaver) & (created < owners.leaves))
    happenings.append((passed, np.full(len(passed), owners.leaves, dtype=np.int64)))
    return Timeline(happenings)


def emails(subsidiary: Subsidiary, which: Ints) -> pa.StringArray:
    """E-mail addresses as they were typed; who was entered twice has a private one the second time."""
    contacts = subsidiary.contacts
    market = subsidiary.clients.market[contacts.company[which]]
    usual = companies.person_emails(contacts.first_name[which], contacts.last_name[which], market, contacts.at_sign[which])
    private = cells.joined(
        cells.words([name.translate(words.ASCII).lower() for name in words.FIRST_NAMES], contacts.first_name[which]),
        cells.integers(which),
        "@mail.example",
    )
    return cells.chosen(contacts.repeats.is_repetition[which], private, usual)


def company_ids(clients: Ints) -> pa.StringArray:
    """Company ids; negative ones give an empty cell."""
    return cells.integers(2_700_000_000 + 11 * clients, clients >= 0)


def contact_ids(contacts: Ints) -> pa.StringArray:
    """Contact ids; negative ones give an empty cell."""
    return cells.integers(410_000_000 + 7 * contacts, contacts >= 0)
