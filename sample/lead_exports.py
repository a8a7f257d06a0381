"""The Lead and LeadHistory exports."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells, companies, words
from sample.activities import Touches
from sample.archive import Versions, crm
from sample.draws import Flags, Ints
from sample.ids import IdSpace
from sample.leads import CONVERTED, NEW, QUALIFIED, STATUSES, WORKING, emails
from sample.timeline import DAY, Timeline
from sample.traits import Traits
from sample.world import World

_FIELDS = ("Status", "Owner")
_UNITED_STATES = 0


class LeadFacts:
    """What was typed into each lead: the slips; when it was deleted and when its address bounced."""

    def __init__(self, world: World) -> None:
        leads, every = world.leads, np.arange(world.leads.count, dtype=np.int64)
        traits = Traits(world.seed, "lead")
        self.traits, self.every = traits, every
        self.industry_slip: Flags = traits.chance("industry slip", 0.011, every)
        self.country_slip: Flags = traits.chance("country slip", 0.011, every)
        country = np.array([place[3] for place in words.PLACES])[world.market.place[leads.company]]
        self.state_slip: Flags = (country == _UNITED_STATES) & traits.chance("state slip", 0.006, every)
        self.has_phone: Flags = traits.chance("phone", 0.82, every)
        self.short_phone: Flags = self.has_phone & traits.chance("phone slip", 0.006, every)
        bounces = ((leads.at_sign > 0) & traits.chance("bounces at once", 0.5, every)) | traits.chance("bounces", 0.01, every)
        self.bounced: Flags = bounces & (leads.created + 2 * DAY < world.span.end)
        # Its conversion made an account, but the lead lost the way to it.
        self.lost_account: Flags = (leads.converted >= 0) & (leads.deal < 0) & traits.chance("lost account", 0.03, every)
        gone = leads.created + traits.between("deleted after", DAY, 40 * DAY, every)
        self.deleted_at: Ints = np.minimum(gone, world.span.end - 1)


def versions(world: World, facts: LeadFacts, touches: Touches) -> list[Versions]:
    """Lead with all its versions, and the changes of status and owner."""
    leads, end = world.leads, world.span.end
    happenings = [(facts.every, leads.created)]
    happenings += [_within(leads.entered[:, column], end) for column in range(leads.entered.shape[1])]
    happenings.append(_within(leads.handovers.at, end))
    happenings += [_of(np.flatnonzero(flag), moment) for flag, moment in
                   ((leads.deleted, facts.deleted_at), (facts.bounced, leads.created + 2 * DAY))]  # fmt: skip
    touched = np.minimum(touches.last * DAY + 20 * 3600, end - 1)
    happenings.append(_of(np.flatnonzero((touches.last > 0) & (touched > leads.created)), touched))
    happened = Timeline(happenings)

    def rows(which: Ints) -> pa.Table:
        return _rows(world, facts, touches, happened.record[which], happened.moment[which])

    return [crm("Lead", happened.record, happened.day, rows), _history(world)]


def _within(moment: Ints, end: int) -> tuple[Ints, Ints]:
    return _of(np.flatnonzero(moment < end), moment)


def _of(which: Ints, moment: Ints) -> tuple[Ints, Ints]:
    return which, moment[which]


def _rows(world: World, facts: LeadFacts, touches: Touches, lead: Ints, moment: Ints) -> pa.Table:
    leads, market, traits = world.leads, world.market, facts.traits
    company = leads.company[lead]
    status = leads.status_at(lead, moment)
    is_converted = status == CONVERTED
    deleted = leads.deleted[lead] & (moment >= facts.deleted_at[lead])
    account = np.where(is_converted & ~facts.lost_account[lead], leads.account[lead], -1)
    bounced_at = leads.created[lead] + 2 * DAY
    sized = traits.chance("sized", 0.9, lead)
    touched = touches.day_on(lead, moment // DAY)
    number = np.where(facts.has_phone[lead], traits.below("number", 10**9, lead), -1)
    phone = companies.phones(market, company, number)
    mobile = np.where(traits.chance("mobile", 0.35, lead), traits.below("mobile number", 10**9, lead), -1)
    place = companies.location(market, company, facts.country_slip[lead].astype(np.int64))
    place["State"] = cells.chosen(facts.state_slip[lead], cells.same("ZZ", len(lead)), place["State"])
    ids = world.spaces["Lead"]
    return pa.table(
        {
            "Id": ids.of(lead),
            "FirstName": cells.words(words.FIRST_NAMES, leads.first_name[lead]),
            "LastName": cells.words(words.LAST_NAMES, leads.last_name[lead]),
            "Company": companies.names(market, company, np.where(leads.twin[lead] >= 0, 1, 0)),
            "Title": cells.words(words.TITLES, leads.title[lead]),
            "Email": emails(leads, lead),
            "Phone": cells.chosen(facts.short_phone[lead], companies.short_phones(market, company, lead), phone),
            "MobilePhone": companies.phones(market, company, mobile),
            "Website": cells.joined("https://www.", companies.domains(company)),
            "Industry": cells.words(
                companies.INDUSTRY_TEXTS, market.industry[company] + len(words.INDUSTRIES) * facts.industry_slip[lead]
            ),
            "AnnualRevenue": cells.money(market.revenue[company] * 100, sized),
            "NumberOfEmployees": cells.integers(market.employees[company], sized),
            **place,
            "LeadSource": cells.words(words.LEAD_SOURCES, leads.source[lead]),
            "Status": cells.words(STATUSES, status),
            "OwnerId": world.spaces["User"].of(leads.owner_at(lead, moment, world.deals)),
            "CreatedDate": cells.timestamps(leads.created[lead]),
            "LastModifiedDate": cells.timestamps(moment),
            "LastActivityDate": cells.dates(touched, touched > 0),
            "IsConverted": cells.flags(is_converted),
            "ConvertedDate": cells.dates(leads.converted[lead] // DAY, is_converted),
            "ConvertedAccountId": world.spaces["Account"].of(account),
            "ConvertedContactId": world.spaces["Contact"].of(account),
            "ConvertedOpportunityId": world.spaces["Opportunity"].of(np.where(is_converted, leads.deal[lead], -1)),
            "EmailBouncedDate": cells.timestamps(bounced_at, facts.bounced[lead] & (bounced_at <= moment)),
            "HasOptedOutOfEmail": cells.flags(traits.chance("opted out", 0.03, lead)),
            "MasterRecordId": ids.of(np.where(deleted, leads.twin[lead], -1)),
            "IsDeleted": cells.flags(deleted),
        }
    )


def _history(world: World) -> Versions:
    """Every change of status, and of owner: handovers to a successor, and conversions whose deal another person took."""
    leads, end = world.leads, world.span.end
    changes = []
    for column in range(leads.entered.shape[1]):
        status = column + 1
        which = np.flatnonzero(leads.entered[:, column] < end)
        before = _status_before(leads.entered[which], status)
        changes.append(
            (which, leads.entered[which, column], np.zeros(len(which), dtype=np.int64), before, np.full(len(which), status))
        )
    handed = np.flatnonzero(leads.handovers.at < end)
    changes.append((handed, leads.handovers.at[handed], np.ones(len(handed), dtype=np.int64), leads.owner[handed],
                    leads.handovers.heir[handed]))  # fmt: skip
    passed = np.flatnonzero(leads.deal >= 0)
    before = leads.owner_at(passed, leads.converted[passed] - 1, world.deals)
    after = world.deals.owner[leads.deal[passed]]
    other = passed[before != after]
    changes.append(
        (other, leads.converted[other], np.ones(len(other), dtype=np.int64), before[before != after], after[before != after])
    )
    lead, moment, field, old, new = (np.concatenate(column) for column in zip(*changes, strict=True))
    order = np.lexsort((field, moment, lead))
    lead, moment, field, old, new = (column[order] for column in (lead, moment, field, old, new))
    ids = IdSpace("LeadHistory", len(lead))
    users = world.spaces["User"]

    def rows(which: Ints) -> pa.Table:
        is_owner = field[which] == 1
        owner = leads.owner_at(lead[which], moment[which] - 1, world.deals)
        return pa.table(
            {
                "Id": ids.of(which),
                "LeadId": world.spaces["Lead"].of(lead[which]),
                "Field": cells.words(_FIELDS, field[which]),
                "OldValue": _values(users, is_owner, old[which]),
                "NewValue": _values(users, is_owner, new[which]),
                "CreatedById": users.of(owner),
                "CreatedDate": cells.timestamps(moment[which]),
            }
        )

    return crm("LeadHistory", np.arange(len(lead)), moment // DAY, rows)


def _status_before(entered: Ints, status: int) -> Ints:
    """The status that each lead left when it took `status`: the last before it that it took at all."""
    before = np.full(len(entered), NEW, dtype=np.int64)
    for earlier in (QUALIFIED, WORKING):
        if earlier < status:
            before = np.where(entered[:, earlier - 1] <= entered[:, status - 1], earlier, before)
    return before


def _values(users: IdSpace, is_owner: Flags, value: Ints) -> pa.StringArray:
    owners = users.of(np.where(is_owner, value, -1))
    return cells.chosen(is_owner, owners, cells.words(STATUSES, np.where(is_owner, -1, value)))
