"""Who and what stands around a deal: splits, contact roles, team members, partners and quotes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells
from sample.archive import Versions, crm
from sample.deals import OPEN, RENEWAL, WON
from sample.draws import Ints
from sample.history import CLOSED_LOST, CLOSED_WON, PROPOSAL
from sample.ids import IdSpace
from sample.timeline import DAY, Timeline
from sample.traits import Traits
from sample.words import LEAD_SOURCES
from sample.world import World

SPLIT_TYPES = ("Revenue", "Overlay")
REVENUE, OVERLAY = range(len(SPLIT_TYPES))
_SHARED, _WITH_OVERLAY, _WRONG_SUM = 0.12, 0.18, 0.01
_ROLES = ("Decision Maker", "Economic Buyer", "Evaluator", "Influencer", "Executive Sponsor")
_TEAM_ROLES = ("Sales Engineer", "Account Manager", "Executive Sponsor", "Channel Manager")
_PARTNER_ROLES = ("Reseller", "Referral", "System Integrator")
_REFERRED = LEAD_SOURCES.index("Partner Referral")
_QUOTE_STATES = ("Presented", "Accepted", "Denied")


def versions(world: World) -> list[Versions]:
    """Every object of this module."""
    return [*_split_versions(world), _contact_roles(world), _team_members(world), _partners(world), _quotes(world)]


def _others(world: World, traits: Traits, deal: Ints) -> Ints:
    """A colleague for each deal: a rep who is there for good."""
    anchors = world.people.anchor
    pick = anchors[traits.below("colleague", len(anchors), deal)]
    return np.where(pick == world.deals.handovers.last_owner(world.deals.owner)[deal], anchors[0], pick)


class Splits:
    """Revenue and overlay shares of won deals; `wrong` lists the deals whose revenue shares do not make 100 percent."""

    def __init__(self, world: World) -> None:
        played, traits = world.deals, Traits(world.seed, "split")
        won = np.flatnonzero((played.outcome == WON) & ~played.deleted & ~played.amount_missing)
        owner = played.handovers.last_owner(played.owner)[won]
        other = _others(world, traits, won)
        shared = traits.chance("shared", _SHARED, won) & (other != owner)
        percent = np.where(shared, 10 * traits.between("percent", 5, 9, won), 100)
        wrong = shared & traits.chance("wrong", _WRONG_SUM / _SHARED, won)
        rest = np.where(wrong, 110 - percent, 100 - percent)
        overlay = traits.chance("overlay", _WITH_OVERLAY, won)
        overlay_percent = np.array([50, 100, 100])[traits.below("overlay percent", 3, won)]
        extra = world.people.anchor[traits.below("overlay owner", len(world.people.anchor), won)]
        self.wrong: Ints = won[wrong]
        self.deal: Ints = np.concatenate([won, won[shared], won[overlay]])
        self.owner: Ints = np.concatenate([owner, other[shared], extra[overlay]])
        self.percent: Ints = np.concatenate([percent, rest[shared], overlay_percent[overlay]])
        self.kind: Ints = np.where(np.arange(len(self.deal)) < len(won) + int(shared.sum()), REVENUE, OVERLAY)


def _split_versions(world: World) -> list[Versions]:
    splits = Splits(world)
    ids, type_ids = IdSpace("OpportunitySplit", len(splits.deal)), IdSpace("OpportunitySplitType", len(SPLIT_TYPES))

    def rows(which: Ints) -> pa.Table:
        deal, percent = splits.deal[which], splits.percent[which]
        return pa.table(
            {
                "Id": ids.of(which),
                "OpportunityId": world.spaces["Opportunity"].of(deal),
                "SplitOwnerId": world.spaces["User"].of(splits.owner[which]),
                "SplitPercentage": cells.integers(percent),
                "SplitAmount": cells.money(world.deals.cents[deal] * percent // 100),
                "SplitTypeId": type_ids.of(splits.kind[which]),
                "CreatedDate": cells.timestamps(world.deals.recorded[deal]),
            }
        )

    def types(which: Ints) -> pa.Table:
        return pa.table(
            {
                "Id": type_ids.of(which),
                "MasterLabel": cells.words(SPLIT_TYPES, which),
                "IsTotalValidated": cells.flags(which == REVENUE),
            }
        )

    kinds = np.arange(len(SPLIT_TYPES), dtype=np.int64)
    return [
        crm("OpportunitySplit", np.arange(len(splits.deal)), world.deals.recorded[splits.deal] // DAY, rows),
        crm("OpportunitySplitType", kinds, np.full(len(kinds), world.span.first), types),
    ]


def _contact_roles(world: World) -> Versions:
    """The account's main contact on every deal with an account, and on some a second person."""
    played, traits = world.deals, Traits(world.seed, "contact role")
    with_account = np.flatnonzero((played.account >= 0) & ~played.deleted)
    second = np.flatnonzero(world.faces.twin < 0)
    second = second[second >= world.book.originals]
    # Every account's first contact beyond the main one.
    extra = np.full(world.book.count, -1, dtype=np.int64)
    extra[world.faces.account[second[::-1]]] = second[::-1]
    more = with_account[(extra[played.account[with_account]] >= 0) & traits.chance("second", 0.6, with_account)]
    deal = np.concatenate([with_account, more])
    contact = np.concatenate([played.account[with_account], extra[played.account[more]]])
    is_primary = np.arange(len(deal)) < len(with_account)
    ids = IdSpace("OpportunityContactRole", len(deal))

    def rows(which: Ints) -> pa.Table:
        return pa.table(
            {
                "Id": ids.of(which),
                "OpportunityId": world.spaces["Opportunity"].of(deal[which]),
                "ContactId": world.spaces["Contact"].of(contact[which]),
                "Role": cells.words(_ROLES, traits.below("role", len(_ROLES), which)),
                "IsPrimary": cells.flags(is_primary[which]),
                "CreatedDate": cells.timestamps(played.created[deal[which]]),
            }
        )

    return crm("OpportunityContactRole", np.arange(len(deal)), played.created[deal] // DAY, rows)


def _team_members(world: World) -> Versions:
    played, traits = world.deals, Traits(world.seed, "team member")
    every = np.arange(played.count, dtype=np.int64)
    deal = np.flatnonzero(~played.deleted & (played.kind != RENEWAL) & traits.chance("there", 0.15, every))
    ids = IdSpace("OpportunityTeamMember", len(deal))

    def rows(which: Ints) -> pa.Table:
        return pa.table(
            {
                "Id": ids.of(which),
                "OpportunityId": world.spaces["Opportunity"].of(deal[which]),
                "UserId": world.spaces["User"].of(_others(world, traits, deal[which])),
                "TeamMemberRole": cells.words(_TEAM_ROLES, traits.below("role", len(_TEAM_ROLES), which)),
                "CreatedDate": cells.timestamps(played.created[deal[which]] + 60),
            }
        )

    return crm("OpportunityTeamMember", np.arange(len(deal)), (played.created[deal] + 60) // DAY, rows)


def _partners(world: World) -> Versions:
    """Partner deals: most of those that a partner referred, and a few others."""
    played, traits = world.deals, Traits(world.seed, "partner")
    every = np.arange(played.count, dtype=np.int64)
    chance = np.where((played.source == _REFERRED) & (played.kind != RENEWAL), 0.6, 0.03)
    deal = np.flatnonzero(~played.deleted & traits.chance("there", chance, every))
    partners = world.book.partners
    ids = IdSpace("OpportunityPartner", len(deal))

    def rows(which: Ints) -> pa.Table:
        return pa.table(
            {
                "Id": ids.of(which),
                "OpportunityId": world.spaces["Opportunity"].of(deal[which]),
                "AccountToId": world.spaces["Account"].of(partners[traits.below("who", len(partners), which)]),
                "Role": cells.words(_PARTNER_ROLES, traits.below("role", len(_PARTNER_ROLES), which)),
                "IsPrimary": cells.same("true", len(which)),
                "CreatedDate": cells.timestamps(played.created[deal[which]]),
            }
        )

    return crm("OpportunityPartner", np.arange(len(deal)), played.created[deal] // DAY, rows)


def _quotes(world: World) -> Versions:
    """One quote for each proposal: presented, and accepted or denied when its deal closes."""
    played, walked = world.deals, world.walked
    kept = ~played.deleted[walked.deal] & ~played.amount_missing[walked.deal]
    row = np.flatnonzero(walked.is_entry & (walked.stage == PROPOSAL) & kept)
    deal, presented = walked.deal[row], walked.moment[row]
    number = np.arange(len(row), dtype=np.int64)
    closed = np.flatnonzero((played.outcome[deal] != OPEN) & (played.recorded[deal] > presented))
    happened = Timeline([(number, presented), (closed, played.recorded[deal[closed]])])
    ids = IdSpace("Quote", len(row))

    def rows(which: Ints) -> pa.Table:
        quote, moment = happened.record[which], happened.moment[which]
        of = deal[quote]
        stage = walked.stage[walked.latest(of, moment)]
        state = np.where(stage == CLOSED_WON, 1, np.where(stage == CLOSED_LOST, 2, 0))
        return pa.table(
            {
                "Id": ids.of(quote),
                "QuoteNumber": cells.digits(quote + 1, 8),
                "Name": cells.joined("Quote ", cells.integers(quote + 1)),
                "OpportunityId": world.spaces["Opportunity"].of(of),
                "Status": cells.words(_QUOTE_STATES, state),
                "TotalPrice": cells.money(walked.cents[row[quote]]),
                "ExpirationDate": cells.dates(presented[quote] // DAY + 30),
                "CreatedDate": cells.timestamps(presented[quote]),
                "LastModifiedDate": cells.timestamps(moment),
            }
        )

    return crm("Quote", happened.record, happened.day, rows)
