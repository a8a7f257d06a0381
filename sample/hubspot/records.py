"""How HubSpot shows the subsidiary's companies and contacts, and which belong together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from sample import cells, companies, words
from sample.archive import Versions
from sample.draws import Ints
from sample.hubspot.clients import (
    LIFECYCLE,
    Subsidiary,
    changes,
    company_ids,
    contact_ids,
    emails,
    stage_at,
)
from sample.hubspot.deals import deal_ids
from sample.hubspot.owners import ids as owner_ids
from sample.people import NEVER
from sample.ready import ready
from sample.repeats import Repeats
from sample.slips import NOTHING
from sample.timeline import DAY
from sample.traits import Traits
from sample.truth import Defects
from sample.world import World

_LEAD_STATUS = ("NEW", "OPEN", "ATTEMPTED_TO_CONTACT", "IN_PROGRESS", "OPEN_DEAL", "CONNECTED")
_ANALYTICS = ("ORGANIC_SEARCH", "PAID_SEARCH", "DIRECT_TRAFFIC", "REFERRALS", "SOCIAL_MEDIA", "EMAIL_MARKETING", "OFFLINE")


def versions(world: World, subsidiary: Subsidiary) -> list[Versions]:
    """companies, contacts and the three tables of associations between them and the deals."""
    return [_companies(world, subsidiary), _contacts(world, subsidiary), *_associations(world, subsidiary)]


def _companies(world: World, subsidiary: Subsidiary) -> Versions:
    clients, owners, market = subsidiary.clients, subsidiary.owners, world.market
    happened = changes(clients.repeats, owners, clients.owner, clients.created, clients.entered)
    record, moment = happened.record, happened.moment
    of, again = clients.market[record], clients.repeats.is_repetition[record]
    traits = Traits(world.seed, "hubspot company")
    industry = cells.words(companies.INDUSTRY_TEXTS, market.industry[of])
    nothing = cells.words(NOTHING, traits.below("nothing", len(NOTHING), record))
    employees = np.where(clients.negative[record], -market.employees[of], market.employees[of])
    columns = {
        "hs_object_id": company_ids(record),
        "name": companies.names(market, of, again.astype(np.int64)),
        "domain": cells.where(~again, companies.domains(of)),
        "phone": companies.phones(market, of, traits.below("phone", 10**9, record)),
        "industry": cells.chosen(clients.nothing[record], nothing, industry),
        "numberofemployees": cells.integers(employees),
        "annualrevenue": cells.integers(market.revenue[of]),
        **_location(world, of, clients.slip[record].astype(np.int64)),
        "lifecyclestage": cells.words(LIFECYCLE, stage_at(clients.entered, record, moment)),
        "hubspot_owner_id": owner_ids(owners.at(clients.owner[record], moment)),
        "createdate": cells.timestamps(clients.created[record]),
        "hs_lastmodifieddate": cells.timestamps(moment),
        "hs_merged_object_ids": clients.repeats.taken_in(record, moment, company_ids),
        "archived": cells.flags(clients.repeats.gone(record, moment)),
    }
    return ready("hubspot", "companies", np.maximum(happened.day, world.span.first), columns, record=record)


def _location(world: World, of: Ints, slip: Ints) -> dict[str, pa.StringArray]:
    place = companies.location(world.market, of, slip)
    return {"city": place["City"], "state": place["State"], "zip": place["PostalCode"], "country": place["Country"]}


def _contacts(world: World, subsidiary: Subsidiary) -> Versions:
    contacts, clients, owners = subsidiary.contacts, subsidiary.clients, subsidiary.owners
    happened = changes(contacts.repeats, owners, contacts.owner, contacts.created, contacts.entered)
    record, moment = happened.record, happened.moment
    again = contacts.repeats.is_repetition[record]
    company = np.where(again, -1, contacts.company[record])
    of = clients.market[contacts.company[record]]
    traits = Traits(world.seed, "hubspot contact")
    stage = stage_at(contacts.entered, record, moment)
    dates = {
        f"hs_lifecyclestage_{name}_date": _when(contacts.entered[record, place], moment) for place, name in enumerate(LIFECYCLE)
    }
    columns = {
        "hs_object_id": contact_ids(record),
        "firstname": cells.words(words.FIRST_NAMES, contacts.first_name[record]),
        "lastname": cells.words(words.LAST_NAMES, contacts.last_name[record]),
        "email": emails(subsidiary, record),
        "phone": companies.phones(
            world.market, of, np.where(traits.chance("phone", 0.7, record), traits.below("digits", 10**9, record), -1)
        ),
        "jobtitle": cells.words(words.TITLES, contacts.title[record]),
        "company": companies.names(world.market, of),
        "associatedcompanyid": company_ids(company),
        **_location(world, of, contacts.slip[record].astype(np.int64)),
        "lifecyclestage": cells.words(LIFECYCLE, stage),
        "hs_lead_status": cells.words(_LEAD_STATUS, stage),
        "hs_analytics_source": cells.words(_ANALYTICS, contacts.source[record] % len(_ANALYTICS)),
        "hubspot_owner_id": owner_ids(owners.at(contacts.owner[record], moment)),
        "hs_email_optout": cells.flags(traits.chance("opted out", 0.03, record)),
        **dates,
        "createdate": cells.timestamps(contacts.created[record]),
        "lastmodifieddate": cells.timestamps(moment),
        "hs_merged_object_ids": contacts.repeats.taken_in(record, moment, contact_ids),
        "archived": cells.flags(contacts.repeats.gone(record, moment)),
    }
    return ready("hubspot", "contacts", np.maximum(happened.day, world.span.first), columns, record=record)


def _when(entered: Ints, moment: Ints) -> pa.StringArray:
    return cells.timestamps(entered, entered <= moment)


def _associations(world: World, subsidiary: Subsidiary) -> list[Versions]:
    """Repeated contacts and companies were typed in alone; deals belong to their company and its main contact."""
    first, contacts, deals = world.span.first, subsidiary.contacts, subsidiary.deals
    contact = np.arange(contacts.repeats.count, dtype=np.int64)
    deal = np.arange(deals.repeats.total, dtype=np.int64)
    met = np.maximum(contacts.created[contact] // DAY, first)
    opened = deals.created // DAY
    return [
        ready("hubspot", "associations_contacts_companies", met, {
            "contact_id": contact_ids(contact), "company_id": company_ids(contacts.company[contact]),
            "type": cells.same("contact_to_company", len(contact)),
        }),
        ready("hubspot", "associations_deals_companies", opened, {
            "deal_id": deal_ids(deal), "company_id": company_ids(deals.company),
            "type": cells.same("deal_to_company", len(deal)),
        }),
        ready("hubspot", "associations_deals_contacts", opened, {
            "deal_id": deal_ids(deal), "contact_id": contact_ids(deals.company),
            "type": cells.same("deal_to_contact", len(deal)),
        }),
    ]  # fmt: skip


def lifecycle_history(subsidiary: Subsidiary) -> tuple[Ints, Ints, Ints]:
    """Contact, stage and moment of every lifecycle stage entered, contact by contact."""
    entered = subsidiary.contacts.entered
    contact, stage = np.nonzero(entered < NEVER)
    return contact, stage, entered[contact, stage]


def defects(world: World, subsidiary: Subsidiary) -> list[Defects]:
    """Wrong addresses, countries, industries and sizes; records entered twice; companies that the parent's CRM has too."""
    clients, contacts = subsidiary.clients, subsidiary.contacts
    is_own = ~clients.repeats.is_repetition
    shared = np.flatnonzero(is_own & (clients.market < world.book.originals))
    return [
        Defects("address_invalid", "hubspot.contacts", contact_ids(np.flatnonzero(contacts.at_sign > 0))),
        Defects("country_unknown", "hubspot.contacts", contact_ids(np.flatnonzero(contacts.slip))),
        Defects("country_unknown", "hubspot.companies", company_ids(np.flatnonzero(clients.slip))),
        Defects("null_word", "hubspot.companies", company_ids(np.flatnonzero(clients.nothing)), "industry"),
        Defects("employees_negative", "hubspot.companies", company_ids(np.flatnonzero(clients.negative))),
        entered_twice("hubspot.contacts", contacts.repeats, contact_ids),
        entered_twice("hubspot.companies", clients.repeats, company_ids),
        Defects("also_in_salesforce", "hubspot.companies", company_ids(shared),
                world.spaces["Account"].of(clients.market[shared])),
    ]  # fmt: skip


def entered_twice(name: str, repeats: Repeats, ids: Callable[[Ints], pa.StringArray]) -> Defects:
    """The repetitions that nobody merged, each with the record that it repeats."""
    left = np.flatnonzero(repeats.merged == NEVER)
    return Defects("entered_twice", name, ids(repeats.repetitions[left]), ids(repeats.master[left]))
