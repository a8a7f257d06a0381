"""Accounts and their contacts.

Account i is company i: first those that new business opened, then those that conversions made without a deal, then the
customers of earlier years; at the end come accounts that were entered twice. Contact i is the main contact of account i.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells, companies, words
from sample.companies import Companies
from sample.deals import OUTBOUND, WON, Deals, Opening
from sample.draws import Ints, Pools, Stream
from sample.ids import IdSpace
from sample.moments import MONTHS, Span
from sample.people import INSTALLED_BASE

_DAY = 86_400
_TYPES = ("Prospect", "Customer - Direct", "Customer - Channel")


@dataclass(frozen=True)
class Accounts:
    """How many accounts of each origin there are, and the account of every new-business deal (-1 for other deals).

    `originals` accounts are companies of their own; `twins` repeat the accounts listed in them.
    """

    originals: int
    of_deal: Ints
    bare: Ints
    legacy: Ints
    twins: Ints

    @property
    def count(self) -> int:
        """All accounts."""
        return self.originals + len(self.twins)

    @property
    def company(self) -> Ints:
        """The company of each account."""
        return np.concatenate([np.arange(self.originals, dtype=np.int64), self.twins])


def enter(seed: int, scale: float, opening: Opening) -> Accounts:
    """The account book that fits the opportunities."""
    fresh = opening.kind <= OUTBOUND
    of_deal = np.where(fresh, np.cumsum(fresh) - 1, -1)
    new, bare, legacy = int(fresh.sum()), max(2, round(200 * scale)), max(20, round(1100 * scale))
    originals = new + bare + legacy
    twins = Stream(seed, "account twins").sample(np.arange(originals, dtype=np.int64), max(1, round(0.011 * originals)))
    return Accounts(
        originals=originals,
        of_deal=of_deal,
        bare=np.arange(new, new + bare, dtype=np.int64),
        legacy=np.arange(new + bare, originals, dtype=np.int64),
        twins=twins,
    )


@dataclass(frozen=True)
class Keeping:
    """Who keeps each account since when."""

    owner: Ints
    created: Ints


def assign(seed: int, span: Span, pools: Pools, book: Accounts, market: Companies, deals: Deals) -> Keeping:
    """Owner and creation of each account: the first deal's, or from before the first month."""
    stream = Stream(seed, "accounts")
    n = book.originals
    owner = pools.draw(stream, (INSTALLED_BASE + market.segment[:n]) * MONTHS)
    created = (span.first - stream.between(30, 1100, n)) * _DAY + stream.between(50_000, 75_000, n)
    fresh = np.flatnonzero(book.of_deal >= 0)
    owner[book.of_deal[fresh]] = deals.owner[fresh]
    created[book.of_deal[fresh]] = deals.created[fresh]
    later = created[book.twins] + stream.between(_DAY, 90 * _DAY, len(book.twins))
    later = np.where(later < span.end, later, created[book.twins])
    return Keeping(owner=np.concatenate([owner, owner[book.twins]]), created=np.concatenate([created, later]))


def account_rows(
    seed: int,
    span: Span,
    book: Accounts,
    keeping: Keeping,
    market: Companies,
    deals: Deals,
    spaces: dict[str, IdSpace],
    active: Ints,
) -> pa.Table:
    """The Account export; `active` is the day of the last activity with each account, 0 for none."""
    stream = Stream(seed, "account details")
    n, company = book.count, book.company
    ids = spaces["Account"]
    is_twin = np.arange(n) >= book.originals
    is_customer = np.isin(company, book.legacy)
    is_customer[deals.account[(deals.outcome == WON) & (deals.account >= 0)]] = True
    kind = np.where(is_customer, 1 + stream.chance(0.15, n), 0)
    # A subsidiary's parent is an older customer further up the book, so that no chain can close.
    parent = np.full(n, -1, dtype=np.int64)
    children = book.legacy[len(book.legacy) // 2 :]
    children = children[stream.chance(0.12, len(children))]
    parent[children] = book.legacy[stream.below(len(book.legacy) // 2, len(children))]
    deleted = is_twin & stream.chance(0.35, n)
    twin_of = np.concatenate([np.full(book.originals, -1, dtype=np.int64), book.twins])
    industry = market.industry[company] + len(words.INDUSTRIES) * stream.chance(0.009, n)
    slip = stream.chance(0.009, n).astype(np.int64)
    edited = np.minimum(keeping.created + stream.below(300 * _DAY, n), span.end - 1)
    street = cells.joined(
        cells.integers(stream.between(1, 999, n)), " ", cells.words(words.STREETS, stream.below(len(words.STREETS), n))
    )
    table = {
        "Id": ids.all(),
        "Name": companies.names(market, company, np.where(is_twin, 1, 0)),
        "Type": cells.words(_TYPES, kind),
        "Industry": cells.words(companies.INDUSTRY_TEXTS, industry),
        "AnnualRevenue": cells.money(market.revenue[company] * 100),
        "NumberOfEmployees": cells.integers(market.employees[company]),
        "Website": cells.joined("https://www.", companies.domains(company)),
        "ParentId": ids.of(parent),
        "OwnerId": spaces["User"].of(keeping.owner),
        "BillingStreet": street,
        **{f"Billing{name}": column for name, column in companies.location(market, company, slip).items()},
        "CreatedDate": cells.timestamps(keeping.created),
        "LastModifiedDate": cells.timestamps(edited),
        "LastActivityDate": cells.dates(active, active > 0),
        "MasterRecordId": ids.of(np.where(deleted, twin_of, -1)),
        "IsDeleted": cells.flags(deleted),
    }
    return pa.table(table)


def contact_count(scale: float, book: Accounts) -> int:
    """One main contact for each account that is not a repetition, and two more for every five."""
    return book.originals + max(5, round(2000 * scale))


@dataclass(frozen=True)
class Faces:
    """Name of each contact; a lead's conversion gives its name to the main contact."""

    account: Ints
    first_name: Ints
    last_name: Ints


def faces(seed: int, count: int, book: Accounts, lead_account: Ints, lead_first: Ints, lead_last: Ints) -> Faces:
    """All contacts; `lead_*` tell the account (-1 for none), first and last name of every lead."""
    stream = Stream(seed, "contacts")
    extra = count - book.originals
    account = np.concatenate([np.arange(book.originals, dtype=np.int64), stream.below(book.originals, extra)])
    first, last = stream.below(len(words.FIRST_NAMES), count), stream.below(len(words.LAST_NAMES), count)
    converted = np.flatnonzero(lead_account >= 0)
    first[lead_account[converted]] = lead_first[converted]
    last[lead_account[converted]] = lead_last[converted]
    return Faces(account=account, first_name=first, last_name=last)


def contact_rows(
    seed: int, span: Span, book: Accounts, keeping: Keeping, people: Faces, market: Companies, spaces: dict[str, IdSpace]
) -> pa.Table:
    """The Contact export."""
    stream = Stream(seed, "contact details")
    n = len(people.account)
    is_extra = np.arange(n) >= book.originals
    later = np.where(is_extra, stream.below(200 * _DAY, n), 0)
    created = np.minimum(keeping.created[people.account] + later, span.end - 1)
    slip = np.where(stream.chance(0.007, n), stream.between(1, 3, n), 0)
    title = stream.pick(words.TITLE_WEIGHTS, n)
    street = cells.joined(
        cells.integers(stream.between(1, 999, n)), " ", cells.words(words.STREETS, stream.below(len(words.STREETS), n))
    )
    spelling = stream.chance(0.008, n).astype(np.int64)
    phone = np.where(stream.chance(0.8, n), stream.below(10**9, n), -1)
    edited = np.minimum(created + stream.below(200 * _DAY, n), span.end - 1)
    table = {
        "Id": spaces["Contact"].all(),
        "AccountId": spaces["Account"].of(people.account),
        "FirstName": cells.words(words.FIRST_NAMES, people.first_name),
        "LastName": cells.words(words.LAST_NAMES, people.last_name),
        "Email": companies.person_emails(people.first_name, people.last_name, people.account, slip),
        "Phone": companies.phones(market, people.account, phone),
        "Title": cells.words(words.TITLES, title),
        "Department": cells.words(words.DEPARTMENTS, title),
        "LeadSource": cells.words(words.LEAD_SOURCES, stream.pick(words.LEAD_SOURCE_WEIGHTS, n)),
        "OwnerId": spaces["User"].of(keeping.owner[people.account]),
        "MailingStreet": street,
        **{f"Mailing{name}": column for name, column in companies.location(market, people.account, spelling).items()},
        "CreatedDate": cells.timestamps(created),
        "LastModifiedDate": cells.timestamps(edited),
        "IsDeleted": cells.flags(is_extra & stream.chance(0.02, n)),
    }
    return pa.table(table)
