"""The invented company as it truly is, before any export: what every module that writes exports draws on.

Belongs here: one value that holds the company. Does not: how an export shows it, and when.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sample.accounts import Accounts, Faces, Keeping
from sample.campaigns import Campaigns
from sample.companies import Companies
from sample.deals import Deals
from sample.history import History
from sample.ids import IdSpace
from sample.leads import Leads
from sample.moments import Span
from sample.people import People
from sample.rates import Rates


@dataclass(frozen=True)
class World:
    """One company over its 24 months.

    Attributes:
        seed, scale: what it was drawn from; 1 = some 60 quota-carrying reps, 20,000 leads, 200,000 activities.
        span: the months told of; `span.last` is the last day.
        people: the CRM users, who are also HR's employees.
        market: every company that the records are about; account i is company `book.company[i]`.
        book: the accounts; `keeping` tells who keeps each since when.
        deals: the opportunities, as they end or stand on the last day; `walked` is their way there.
        leads: who showed interest.
        faces: the contacts.
        campaigns: what marketing planned.
        rates: US dollars for one euro, by day.
        spaces: the CRM's ids by object: "User", "Account", "Contact", "Opportunity", "Lead".
    """

    seed: int
    scale: float
    span: Span
    people: People
    market: Companies
    book: Accounts
    keeping: Keeping
    deals: Deals
    walked: History
    leads: Leads
    faces: Faces
    campaigns: Campaigns
    rates: Rates
    spaces: dict[str, IdSpace]

    @cached_property
    def who(self) -> IdSpace:
        """The ids of the leads and then of the contacts, for fields that may name either."""
        return IdSpace.joined(self.spaces["Lead"], self.spaces["Contact"])
