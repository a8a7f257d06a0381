"""Leads: who showed interest, what became of them, and which of them were typed in twice.

A converted lead points to the account, contact and opportunity that its conversion made; they share its company.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells, companies, words
from sample.accounts import Accounts
from sample.companies import Companies
from sample.deals import FROM_LEAD, Deals
from sample.draws import Flags, Ints, Pools, Stream
from sample.ids import IdSpace
from sample.moments import MONTHS, WEB_WEEK, Span
from sample.people import FIRST_CONTACT, NEW_BUSINESS, People

_STATUSES = ("Open - Not Contacted", "Working - Contacted", "Closed - Not Converted", "Closed - Converted")
_CONVERTED = 3
_DAY = 86_400


@dataclass(frozen=True)
class Leads:
    """One entry per lead, by creation. `twin` is the lead that this one repeats, -1 for originals; -1 also = no such record."""

    count: int
    company: Ints
    account: Ints
    deal: Ints
    owner: Ints
    source: Ints
    created: Ints
    created_day: Ints
    converted: Ints
    stop_day: Ints
    first_name: Ints
    last_name: Ints
    at_sign: Ints
    twin: Ints
    deleted: Flags
    status: Ints


def gather(
    seed: int, scale: float, span: Span, people: People, pools: Pools, deals: Deals, market: Companies, book: Accounts
) -> Leads:
    """All leads.

    Args:
        seed: of the company.
        scale: of the company; 20,000 leads at 1.
        span: the months told of.
        people: who may own a lead.
        pools: who is there to be given one.
        deals: those of kind FROM_LEAD were once leads.
        market: the companies; the ones after the accounts' never became accounts.
        book: the accounts; its bare ones were made by conversions without an opportunity.
    """
    stream = Stream(seed, "leads")
    deal, bare, accounts = np.flatnonzero(deals.kind == FROM_LEAD), book.bare, book.originals
    converts = len(deal) + len(bare)
    n = max(round(20_000 * scale), converts + 20)
    twins = max(1, round(0.011 * n))
    rest = n - converts - twins
    strangers = len(market.segment) - accounts

    bare_day = span.created(stream, len(bare), WEB_WEEK)
    conversion_day = np.concatenate([deals.created_day[deal], bare_day])
    conversion = np.concatenate([deals.created[deal], bare_day * _DAY + stream.between(50_000, 70_000, len(bare))])
    begun = np.maximum(conversion_day - stream.below(38, converts), span.first)
    early = np.where(begun < conversion_day, stream.below(_DAY, converts), 0)
    begun_at = np.where(begun < conversion_day, np.minimum(begun * _DAY + early, conversion - 900), conversion - 900)
    other_day = span.created(stream, rest, WEB_WEEK)
    original = np.concatenate([np.arange(converts + rest), converts + stream.below(rest, twins)])
    created = np.concatenate([begun_at, other_day * _DAY + stream.below(_DAY, rest)])
    created = np.concatenate([created, created[original[-twins:]] + stream.between(3600, 20 * _DAY, twins)])
    created = np.where(created >= span.end, created - 21 * _DAY, created)
    company = np.concatenate([deals.account[deal], bare, accounts + stream.below(strangers, rest)])[original]
    converted = np.concatenate([conversion, np.full(rest + twins, -1)])

    order = np.argsort(created, kind="stable")
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    day = created // _DAY
    group = np.where(stream.chance(0.45, n), FIRST_CONTACT, NEW_BUSINESS + market.segment[company])
    owner = pools.draw(stream, group * MONTHS + span.month(day))
    is_twin = np.arange(n) >= n - twins
    fresh = day > span.last - 20
    status = np.where(fresh, stream.pick([40, 50, 10], n), stream.pick([3, 22, 75], n))
    source = np.concatenate([deals.source[deal], stream.pick(words.LEAD_SOURCE_WEIGHTS, n - len(deal))])[original]
    slip = stream.chance(0.010, n) & (converted < 0)
    until = np.where(converted >= 0, converted // _DAY, day + 45)
    return Leads(
        count=n,
        company=company[order],
        account=np.concatenate([deals.account[deal], bare, np.full(rest + twins, -1)])[order],
        deal=np.concatenate([deal, np.full(n - len(deal), -1)])[order],
        owner=owner[order],
        source=source[order],
        created=created[order],
        created_day=day[order],
        converted=converted[order],
        stop_day=np.maximum(np.minimum(np.minimum(until, span.last), people.end_day[owner]), day)[order],
        first_name=stream.below(len(words.FIRST_NAMES), n)[original][order],
        last_name=stream.below(len(words.LAST_NAMES), n)[original][order],
        at_sign=(np.where(slip, stream.between(1, 3, n), 0)[original])[order],
        twin=np.where(is_twin, place[original], -1)[order],
        deleted=(stream.chance(np.where(is_twin, 0.3, 0.006), n) & (converted < 0))[order],
        status=np.where(converted >= 0, _CONVERTED, status)[order],
    )


def emails(leads: Leads, which: Ints) -> pa.StringArray:
    """E-mail addresses as they were typed; one in a hundred cannot be right."""
    return companies.person_emails(leads.first_name[which], leads.last_name[which], leads.company[which], leads.at_sign[which])


def export(seed: int, span: Span, leads: Leads, market: Companies, spaces: dict[str, IdSpace], last_activity: Ints) -> pa.Table:
    """The Lead export."""
    stream = Stream(seed, "lead details")
    n = leads.count
    every = np.arange(n)
    is_converted = leads.converted >= 0
    industry = market.industry[leads.company] + len(words.INDUSTRIES) * stream.chance(0.011, n)
    slip = stream.chance(0.011, n).astype(np.int64)
    edited = np.where(is_converted, leads.converted, np.minimum(leads.created + stream.below(40 * _DAY, n), span.end - 1))
    bounced = ((leads.at_sign > 0) & stream.chance(0.5, n)) | stream.chance(0.01, n)
    merged = leads.deleted & (leads.twin >= 0)
    phone = np.where(stream.chance(0.82, n), stream.below(10**9, n), -1)
    mobile = np.where(stream.chance(0.35, n), stream.below(10**9, n), -1)
    sized = stream.chance(0.9, n)
    ids = spaces["Lead"]
    table = {
        "Id": ids.all(),
        "FirstName": cells.words(words.FIRST_NAMES, leads.first_name),
        "LastName": cells.words(words.LAST_NAMES, leads.last_name),
        "Company": companies.names(market, leads.company, np.where(leads.twin >= 0, 1, 0)),
        "Title": cells.words(words.TITLES, np.where(stream.chance(0.9, n), stream.pick(words.TITLE_WEIGHTS, n), -1)),
        "Email": emails(leads, every),
        "Phone": companies.phones(market, leads.company, phone),
        "MobilePhone": companies.phones(market, leads.company, mobile),
        "Website": cells.joined("https://www.", companies.domains(leads.company)),
        "Industry": cells.words(companies.INDUSTRY_TEXTS, industry),
        "AnnualRevenue": cells.money(market.revenue[leads.company] * 100, sized),
        "NumberOfEmployees": cells.integers(market.employees[leads.company], sized),
        **companies.location(market, leads.company, slip),
        "LeadSource": cells.words(words.LEAD_SOURCES, leads.source),
        "Status": cells.words(_STATUSES, leads.status),
        "OwnerId": spaces["User"].of(leads.owner),
        "CreatedDate": cells.timestamps(leads.created),
        "LastModifiedDate": cells.timestamps(edited),
        "LastActivityDate": cells.dates(last_activity, last_activity > 0),
        "IsConverted": cells.flags(is_converted),
        "ConvertedDate": cells.dates(leads.converted // _DAY, is_converted),
        "ConvertedAccountId": spaces["Account"].of(leads.account),
        "ConvertedContactId": spaces["Contact"].of(leads.account),
        "ConvertedOpportunityId": spaces["Opportunity"].of(leads.deal),
        "EmailBouncedDate": cells.timestamps(np.minimum(leads.created + 2 * _DAY, span.end - 1), bounced),
        "HasOptedOutOfEmail": cells.flags(stream.chance(0.03, n)),
        "MasterRecordId": ids.of(np.where(merged, leads.twin, -1)),
        "IsDeleted": cells.flags(leads.deleted),
    }
    return pa.table(table)
