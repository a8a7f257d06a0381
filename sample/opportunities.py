"""The Opportunity, OpportunityHistory, OpportunityLineItem and RecordType exports: every deal as its history leaves it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells, companies, products, words
from sample.activities import Touches
from sample.archive import Versions, crm
from sample.deals import FROM_LEAD, LOST, OPEN, OUTBOUND, RENEWAL, TYPES
from sample.draws import Flags, Ints
from sample.history import CLOSED_LOST, CLOSED_WON, PROPOSAL, STAGES
from sample.ids import IdSpace
from sample.rates import CURRENCIES
from sample.timeline import DAY, Timeline
from sample.traits import Traits
from sample.world import World

_PURPOSES = ("New Business", "New Business", "Expansion", "Renewal")
RECORD_TYPES = ("New Business Pipeline", "Renewal Pipeline")
_STAGE_NAMES = [stage[0] for stage in STAGES]
_PERCENT = np.array([stage[1] for stage in STAGES])
# Shares of deals whose probability or forecast category somebody set by hand, against their stage.
_ODD_PROBABILITY, _ODD_CATEGORY = 0.012, 0.012
_ODD_PERCENT = 5
# Share of the deals with several lines whose last line was lost.
_LINE_LOST = 0.008
_CATEGORIES = [*(stage[2] for stage in STAGES), "Omitted", "Commit"]


class DealFacts:
    """What is true of each deal whatever the export: slips of the reps, the day lines were entered, the day it was deleted."""

    def __init__(self, world: World) -> None:
        played, walked, n = world.deals, world.walked, world.deals.count
        self.every: Ints = np.arange(n, dtype=np.int64)
        traits = Traits(world.seed, "deal")
        self.traits = traits
        self.listed: Flags = np.zeros(n, dtype=bool)
        self.listed[played.lines.deal] = True
        # Lines are entered with the proposal, when the amount becomes theirs; before it the amount is an estimate.
        offered = np.flatnonzero((walked.stage >= PROPOSAL) | (played.outcome == OPEN)[walked.deal])
        first = np.searchsorted(walked.deal[offered], self.every)
        found = (first < len(offered)) & (walked.deal[offered][np.minimum(first, len(offered) - 1)] == self.every)
        row = np.where(found, offered[np.minimum(first, len(offered) - 1)], walked.last)
        self.listed_at: Ints = walked.moment[row]
        self.listed_close: Ints = walked.close_day[row]
        counts = np.bincount(played.lines.deal, minlength=n)
        self.line_lost: Flags = (counts > 1) & ~played.amount_missing & traits.chance("line lost", _LINE_LOST, self.every)
        newest = walked.moment[walked.last]
        gone = newest + traits.between("deleted after", 3600, 60 * DAY, self.every)
        self.deleted_at: Ints = np.minimum(gone, world.span.end - 1)
        self.reasonless: Flags = (played.outcome == LOST) & traits.chance("no reason", 0.06, self.every)
        self.reason: Ints = traits.pick("reason", words.LOSS_REASON_WEIGHTS, self.every)
        self.stepless: Flags = (played.outcome == OPEN) & traits.chance("no step", 0.3, self.every)
        self.is_try: Flags = traits.chance("try", 0.002, self.every) & (played.kind != FROM_LEAD)
        open_late = (played.outcome == OPEN) & ~played.deleted
        self.odd_probability: Flags = open_late & traits.chance("odd probability", _ODD_PROBABILITY, self.every)
        self.odd_category: Flags = open_late & traits.chance("odd category", _ODD_CATEGORY, self.every)


def versions(world: World, facts: DealFacts, touches: Touches) -> list[Versions]:
    """Opportunity with all its versions, its history, its lines, and the record types of the two pipelines."""
    played, walked = world.deals, world.walked
    handed = np.flatnonzero(played.handovers.at < world.span.end)
    gone = np.flatnonzero(played.deleted)
    touched = np.flatnonzero((touches.last > 0) & ~played.deleted)
    happened = Timeline(
        [
            (walked.deal, walked.moment),
            (handed, played.handovers.at[handed]),
            (gone, facts.deleted_at[gone]),
            (touched, np.minimum(touches.last[touched] * DAY + 20 * 3600, world.span.end - 1)),
        ]
    )
    kept = np.flatnonzero(~played.deleted[walked.deal])
    of = played.lines.deal
    is_last = np.concatenate([of[1:] != of[:-1], np.ones(min(1, len(of)), dtype=bool)])
    lines = np.flatnonzero(~(is_last & facts.line_lost[of]))
    history_ids = IdSpace("OpportunityHistory", len(kept))
    line_ids = IdSpace("OpportunityLineItem", len(of))
    kinds = np.arange(len(RECORD_TYPES), dtype=np.int64)

    def opportunities(which: Ints) -> pa.Table:
        return _opportunities(world, facts, touches, happened.record[which], happened.moment[which])

    def history(which: Ints) -> pa.Table:
        return _history_rows(world, history_ids.of(which), kept[which])

    def items(which: Ints) -> pa.Table:
        return _line_rows(world, facts, line_ids, lines[which])

    return [
        crm("Opportunity", happened.record, happened.day, opportunities),
        crm("OpportunityHistory", np.arange(len(kept)), walked.moment[kept] // DAY, history),
        crm("OpportunityLineItem", np.arange(len(lines)), facts.listed_at[of[lines]] // DAY, items),
        crm("RecordType", kinds, np.full(len(kinds), world.span.first), _record_types),
    ]


def _record_types(which: Ints) -> pa.Table:
    return pa.table(
        {
            "Id": IdSpace("RecordType", len(RECORD_TYPES)).of(which),
            "Name": cells.words(RECORD_TYPES, which),
            "SobjectType": cells.same("Opportunity", len(which)),
        }
    )


def _opportunities(world: World, facts: DealFacts, touches: Touches, deal: Ints, moment: Ints) -> pa.Table:
    played, walked = world.deals, world.walked
    row = walked.latest(deal, moment)
    stage, cents = walked.stage[row], walked.cents[row]
    known = ~played.amount_missing[deal]
    is_won, is_lost = stage == CLOSED_WON, stage == CLOSED_LOST
    is_open = ~is_won & ~is_lost
    percent = np.where(facts.odd_probability[deal] & is_open, _ODD_PERCENT, _PERCENT[stage])
    category = np.where(facts.odd_category[deal] & is_open, len(STAGES), stage)
    reason = np.where(is_lost & ~facts.reasonless[deal], facts.reason[deal], -1)
    step = facts.traits.below("step", len(words.NEXT_STEPS), deal)
    touched = touches.day_on(deal, moment // DAY)
    source = np.where(played.kind[deal] <= OUTBOUND, played.source[deal], -1)
    return pa.table(
        {
            "Id": world.spaces["Opportunity"].of(deal),
            "AccountId": world.spaces["Account"].of(played.account[deal]),
            "RecordTypeId": IdSpace("RecordType", len(RECORD_TYPES)).of((played.kind[deal] == RENEWAL).astype(np.int64)),
            "Name": _names(world, facts, deal),
            "Amount": cells.money(cents, known),
            "CurrencyIsoCode": cells.words(CURRENCIES, played.currency[deal]),
            "ExpectedRevenue": cells.money(cents * percent // 100, known),
            "Probability": cells.integers(percent),
            "StageName": cells.words(_STAGE_NAMES, stage),
            "Type": cells.words(TYPES, played.kind[deal]),
            "LeadSource": cells.words(words.LEAD_SOURCES, source),
            "NextStep": cells.words(words.NEXT_STEPS, np.where(is_open & ~facts.stepless[deal], step, -1)),
            "CloseDate": cells.dates(walked.close_day[row]),
            "CreatedDate": cells.timestamps(played.created[deal]),
            "LastModifiedDate": cells.timestamps(moment),
            "IsClosed": cells.flags(~is_open),
            "IsWon": cells.flags(is_won),
            "ForecastCategoryName": cells.words(_CATEGORIES, category),
            "CampaignId": IdSpace("Campaign", world.campaigns.count).of(played.campaign[deal]),
            "OwnerId": world.spaces["User"].of(played.owner_at(deal, moment)),
            "HasOpportunityLineItem": cells.flags(facts.listed[deal] & (facts.listed_at[deal] <= moment)),
            "LastActivityDate": cells.dates(touched, touched > 0),
            "LossReason": cells.words(words.LOSS_REASONS, reason),
            "IsDeleted": cells.flags(played.deleted[deal] & (moment >= facts.deleted_at[deal])),
        }
    )


def _names(world: World, facts: DealFacts, deal: Ints) -> pa.StringArray:
    """Company and purpose; a few are somebody's try of the CRM."""
    played = world.deals
    account = np.maximum(played.account[deal], 0)
    year = played.created_day[deal].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    purpose = cells.words(_PURPOSES, played.kind[deal])
    usual = cells.joined(companies.names(world.market, account), " - ", purpose, " ", cells.integers(year))
    tries = cells.joined("Test opportunity ", cells.integers(deal + 1))
    return cells.chosen(facts.is_try[deal], tries, usual)


def _history_rows(world: World, ids: pa.StringArray, row: Ints) -> pa.Table:
    played, walked = world.deals, world.walked
    deal, stage, cents = walked.deal[row], walked.stage[row], walked.cents[row]
    known = ~played.amount_missing[deal]
    return pa.table(
        {
            "Id": ids,
            "OpportunityId": world.spaces["Opportunity"].of(deal),
            "StageName": cells.words(_STAGE_NAMES, stage),
            "Amount": cells.money(cents, known),
            "ExpectedRevenue": cells.money(cents * _PERCENT[stage] // 100, known),
            "CloseDate": cells.dates(walked.close_day[row]),
            "Probability": cells.integers(_PERCENT[stage]),
            "ForecastCategory": cells.words([entry[3] for entry in STAGES], stage),
            "CreatedById": world.spaces["User"].of(played.owner_at(deal, walked.moment[row])),
            "CreatedDate": cells.timestamps(walked.moment[row]),
        }
    )


def _line_rows(world: World, facts: DealFacts, ids: IdSpace, which: Ints) -> pa.Table:
    lines: products.Lines = world.deals.lines
    deal, product = lines.deal[which], lines.product[which]
    currency = world.deals.currency[deal]
    return pa.table(
        {
            "Id": ids.of(which),
            "OpportunityId": world.spaces["Opportunity"].of(deal),
            "Product2Id": IdSpace("Product2", len(products.CATALOGUE)).of(product),
            "PricebookEntryId": IdSpace("PricebookEntry", products.list_prices().size).of(
                currency * len(products.CATALOGUE) + product
            ),
            "Quantity": cells.joined(cells.integers(lines.quantity[which]), ".0"),
            "ListPrice": cells.money(products.list_prices()[currency, product] * 100),
            "UnitPrice": cells.money(lines.unit_cents[which]),
            "Discount": cells.joined(cells.integers(lines.discount[which]), ".0"),
            "TotalPrice": cells.money(lines.total_cents[which]),
            "ServiceDate": cells.dates(facts.listed_close[deal] + 14),
        }
    )
