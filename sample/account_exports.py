"""The Account, AccountHistory and Contact exports."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells, companies, words
from sample.activities import Touches
from sample.archive import Versions, crm
from sample.draws import Flags, Ints
from sample.ids import IdSpace
from sample.timeline import DAY, Timeline
from sample.traits import Traits
from sample.world import World

_TYPES = ("Prospect", "Customer - Direct", "Customer - Channel", "Channel Partner / Reseller")
_PARTNER = 3


class AccountFacts:
    """What was typed into each account and contact: the slips, and when a contact was edited last."""

    def __init__(self, world: World) -> None:
        book, people = world.book, world.faces
        self.accounts: Ints = np.arange(book.count, dtype=np.int64)
        self.contacts: Ints = np.arange(len(people.account), dtype=np.int64)
        self.account_traits = Traits(world.seed, "account")
        self.contact_traits = Traits(world.seed, "contact")
        self.industry_slip: Flags = self.account_traits.chance("industry slip", 0.009, self.accounts)
        self.country_slip: Flags = self.account_traits.chance("country slip", 0.009, self.accounts)
        traits, every = self.contact_traits, self.contacts
        self.at_sign: Ints = np.where(
            traits.chance("e-mail slip", 0.007, every), traits.between("at sign", 1, 3, every), np.int64(0)
        )
        self.contact_country_slip: Flags = traits.chance("country slip", 0.008, every)
        self.short_phone: Flags = traits.chance("phone slip", 0.005, every)
        is_extra = every >= book.originals
        later = np.where(is_extra, traits.below("entered after", 200 * DAY, every), 0)
        self.created: Ints = np.minimum(world.keeping.created[people.account] + later, world.span.end - 1)
        edited = self.created + traits.between("edited after", 60, 200 * DAY, every)
        self.edited: Ints = np.minimum(edited, world.span.end - 1)
        self.deleted: Flags = is_extra & traits.chance("deleted", 0.02, every)


def versions(world: World, facts: AccountFacts, touches: Touches) -> list[Versions]:
    """Account, AccountHistory and Contact with all their versions."""
    return [_account_versions(world, facts, touches), _history_versions(world), _contact_versions(world, facts)]


def _account_versions(world: World, facts: AccountFacts, touches: Touches) -> Versions:
    keeping, end = world.keeping, world.span.end
    happenings = [(facts.accounts, keeping.created)]
    for moment in (keeping.won, keeping.handovers.at, keeping.merged, _touched(touches, end)):
        which = np.flatnonzero((moment < end) & (moment > keeping.created))
        happenings.append((which, moment[which]))
    happened = Timeline(happenings)

    def rows(which: Ints) -> pa.Table:
        return _account_rows(world, facts, touches, happened.record[which], happened.moment[which])

    return crm("Account", happened.record, happened.day, rows)


def _touched(touches: Touches, end: int) -> Ints:
    moment = np.where(touches.last > 0, touches.last * DAY + 20 * 3600, 0)
    return np.minimum(moment, end - 1)


def _account_rows(world: World, facts: AccountFacts, touches: Touches, account: Ints, moment: Ints) -> pa.Table:
    book, keeping, market, traits = world.book, world.keeping, world.market, facts.account_traits
    company = book.company[account]
    ids = world.spaces["Account"]
    kind = np.where(keeping.won[account] <= moment, 1 + traits.chance("by channel", 0.15, account), 0)
    kind = np.where(np.isin(account, book.partners), _PARTNER, kind)
    merged = keeping.merged[account] <= moment
    industry = market.industry[company] + len(words.INDUSTRIES) * facts.industry_slip[account]
    slip = facts.country_slip[account].astype(np.int64)
    touched = touches.day_on(account, moment // DAY)
    return pa.table(
        {
            "Id": ids.of(account),
            "Name": companies.names(market, company, np.where(account >= book.originals, 1, 0)),
            "Type": cells.words(_TYPES, kind),
            "Industry": cells.words(companies.INDUSTRY_TEXTS, industry),
            "AnnualRevenue": cells.money(market.revenue[company] * 100),
            "NumberOfEmployees": cells.integers(market.employees[company]),
            "Website": cells.joined("https://www.", companies.domains(company)),
            "ParentId": ids.of(keeping.parent[account]),
            "OwnerId": world.spaces["User"].of(keeping.owner_at(account, moment)),
            "BillingStreet": _street(traits, account),
            **{f"Billing{name}": column for name, column in companies.location(market, company, slip).items()},
            "CreatedDate": cells.timestamps(keeping.created[account]),
            "LastModifiedDate": cells.timestamps(moment),
            "LastActivityDate": cells.dates(touched, touched > 0),
            "MasterRecordId": ids.of(np.where(merged, keeping.master[account], -1)),
            "IsDeleted": cells.flags(merged),
        }
    )


def _street(traits: Traits, records: Ints) -> pa.StringArray:
    return cells.joined(
        cells.integers(traits.between("house", 1, 999, records)),
        " ",
        cells.words(words.STREETS, traits.below("street", len(words.STREETS), records)),
    )


def _history_versions(world: World) -> Versions:
    keeping, handovers = world.keeping, world.keeping.handovers
    moved = np.flatnonzero((handovers.at < world.span.end) & (handovers.at > keeping.created) & (handovers.at < keeping.merged))
    ids = IdSpace("AccountHistory", len(moved))
    users = world.spaces["User"]

    def rows(which: Ints) -> pa.Table:
        account = moved[which]
        return pa.table(
            {
                "Id": ids.of(which),
                "AccountId": world.spaces["Account"].of(account),
                "Field": cells.same("Owner", len(which)),
                "OldValue": users.of(keeping.owner[account]),
                "NewValue": users.of(handovers.heir[account]),
                "CreatedById": users.of(world.people.manager_on(keeping.owner[account], handovers.day[account])),
                "CreatedDate": cells.timestamps(handovers.at[account]),
            }
        )

    return crm("AccountHistory", np.arange(len(moved)), handovers.day[moved], rows)


def _contact_versions(world: World, facts: AccountFacts) -> Versions:
    account = world.faces.account
    moved = world.keeping.handovers.at[account]
    handed = np.flatnonzero((moved < world.span.end) & (moved > facts.created))
    happened = Timeline([(facts.contacts, facts.created), (facts.contacts, facts.edited), (handed, moved[handed])])

    def rows(which: Ints) -> pa.Table:
        return _contact_rows(world, facts, happened.record[which], happened.moment[which])

    return crm("Contact", happened.record, happened.day, rows)


def _contact_rows(world: World, facts: AccountFacts, contact: Ints, moment: Ints) -> pa.Table:
    people, market, traits = world.faces, world.market, facts.contact_traits
    account = people.account[contact]
    title = traits.pick("title", words.TITLE_WEIGHTS, contact)
    number = np.where(traits.chance("phone", 0.8, contact), traits.below("number", 10**9, contact), -1)
    phone = companies.phones(market, account, number)
    phone = cells.chosen(facts.short_phone[contact], companies.short_phones(market, account, contact), phone)
    slip = facts.contact_country_slip[contact].astype(np.int64)
    source = traits.pick("source", words.LEAD_SOURCE_WEIGHTS, contact)
    return pa.table(
        {
            "Id": world.spaces["Contact"].of(contact),
            "AccountId": world.spaces["Account"].of(account),
            "FirstName": cells.words(words.FIRST_NAMES, people.first_name[contact]),
            "LastName": cells.words(words.LAST_NAMES, people.last_name[contact]),
            "Email": companies.person_emails(
                people.first_name[contact], people.last_name[contact], account, facts.at_sign[contact]
            ),
            "Phone": phone,
            "Title": cells.words(words.TITLES, title),
            "Department": cells.words(words.DEPARTMENTS, title),
            "LeadSource": cells.words(words.LEAD_SOURCES, source),
            "OwnerId": world.spaces["User"].of(world.keeping.owner_at(account, moment)),
            "MailingStreet": _street(traits, contact),
            **{f"Mailing{name}": column for name, column in companies.location(market, account, slip).items()},
            "CreatedDate": cells.timestamps(facts.created[contact]),
            "LastModifiedDate": cells.timestamps(moment),
            "IsDeleted": cells.flags(facts.deleted[contact] & (moment >= facts.edited[contact])),
        }
    )
