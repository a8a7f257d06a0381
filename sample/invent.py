"""Puts one invented company together, from the people to the last lead."""

from __future__ import annotations

import datetime as dt

import numpy as np

from sample import accounts, campaigns, companies, deals, history, interest, leads, people, rates, words
from sample.ids import IdSpace
from sample.moments import Span
from sample.rates import EUR, USD
from sample.world import World


def invent(scale: float, seed: int, through: dt.date) -> World:
    """The company of that scale and seed over the 24 months up to `through`."""
    span = Span(through)
    staff = people.hire(seed, scale, span)
    pools = people.owners(staff, span)
    planned = campaigns.plan(seed, scale, span)
    persons = interest.show(seed, scale, span, planned)
    opening = deals.open_deals(seed, scale, span, persons)
    book = accounts.enter(seed, scale, opening, persons)
    market = companies.found(seed, book.segment)
    every = np.arange(book.originals)
    ground = deals.Ground(
        segment=market.segment[: book.originals],
        currency=np.where(companies.in_euros(market, every), EUR, USD),
        country=np.array([place[3] for place in words.PLACES])[market.place[: book.originals]],
        legacy=book.legacy,
    )
    played = deals.play(seed, span, staff, pools, opening, book.of_deal, ground)
    walked = history.walk(seed, span, staff, played)
    deal_of_person = np.full(persons.count, -1, dtype=np.int64)
    from_lead = np.flatnonzero(opening.interest >= 0)
    deal_of_person[opening.interest[from_lead]] = from_lead
    conversions = leads.Conversions(account=book.of_person, deal=deal_of_person, day=persons.converts_day)
    gathered = leads.gather(seed, scale, span, staff, pools, persons, conversions, played, market, book)
    alone = np.flatnonzero((gathered.account >= 0) & (gathered.deal < 0))
    bare_moments = np.empty(len(book.bare), dtype=np.int64)
    bare_moments[gathered.account[alone] - book.bare[:1].sum()] = gathered.converted[alone]
    keeping = accounts.assign(seed, span, staff, pools, book, market, played, bare_moments)
    contacts = accounts.contact_count(scale, book)
    return World(
        seed=seed,
        scale=scale,
        span=span,
        people=staff,
        market=market,
        book=book,
        keeping=keeping,
        deals=played,
        walked=walked,
        leads=gathered,
        faces=accounts.faces(seed, contacts, book, gathered.account, gathered.first_name, gathered.last_name),
        campaigns=planned,
        rates=rates.draw(seed, span),
        spaces={
            "User": IdSpace("User", staff.count),
            "Account": IdSpace("Account", book.count),
            "Contact": IdSpace("Contact", contacts),
            "Opportunity": IdSpace("Opportunity", played.count),
            "Lead": IdSpace("Lead", gathered.count),
        },
    )
