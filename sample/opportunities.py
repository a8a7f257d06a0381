"""The Opportunity export: every deal as its history leaves it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells, companies, words
from sample.companies import Companies
from sample.deals import FROM_LEAD, LOST, OPEN, OUTBOUND, TYPES, WON, Deals
from sample.draws import Ints, Stream
from sample.history import STAGES, History
from sample.ids import IdSpace
from sample.moments import Span

_DAY = 86_400
_PURPOSES = ("New Business", "New Business", "Expansion", "Renewal")


def export(
    seed: int, span: Span, deals: Deals, history: History, market: Companies, spaces: dict[str, IdSpace], last_activity: Ints
) -> pa.Table:
    """The Opportunity export; `last_activity` is a day for each deal, 0 for none."""
    stream = Stream(seed, "deal details")
    n = deals.count
    stage, cents = history.stage[history.last], history.cents[history.last]
    probability = np.array([entry[1] for entry in STAGES])[stage]
    known = ~deals.amount_missing
    is_open, is_lost = deals.outcome == OPEN, deals.outcome == LOST
    newest = history.moment[history.last]
    edited = np.minimum(newest + np.where(stream.chance(0.3, n), stream.below(3 * _DAY, n), 0), span.end - 1)
    listed = np.zeros(n, dtype=bool)
    listed[deals.lines.deal] = True
    has_source = deals.kind <= OUTBOUND
    reason = np.where(is_lost & stream.chance(0.94, n), stream.pick(words.LOSS_REASON_WEIGHTS, n), -1)
    step = np.where(is_open & stream.chance(0.7, n), stream.below(len(words.NEXT_STEPS), n), -1)
    table = {
        "Id": spaces["Opportunity"].all(),
        "AccountId": spaces["Account"].of(deals.account),
        "Name": _names(stream, deals, market),
        "Amount": cells.money(cents, known),
        "CurrencyIsoCode": cells.same("USD", n),
        "ExpectedRevenue": cells.money(cents * probability // 100, known),
        "Probability": cells.words([str(entry[1]) for entry in STAGES], stage),
        "StageName": cells.words([entry[0] for entry in STAGES], stage),
        "Type": cells.words(TYPES, deals.kind),
        "LeadSource": cells.words(words.LEAD_SOURCES, np.where(has_source, deals.source, -1)),
        "NextStep": cells.words(words.NEXT_STEPS, step),
        "CloseDate": cells.dates(history.close_day[history.last]),
        "CreatedDate": cells.timestamps(deals.created),
        "LastModifiedDate": cells.timestamps(edited),
        "IsClosed": cells.flags(~is_open),
        "IsWon": cells.flags(deals.outcome == WON),
        "ForecastCategoryName": cells.words([entry[2] for entry in STAGES], stage),
        "CampaignId": cells.blank(n),
        "OwnerId": spaces["User"].of(deals.owner),
        "HasOpportunityLineItem": cells.flags(listed),
        "LastActivityDate": cells.dates(last_activity, last_activity > 0),
        "LossReason": cells.words(words.LOSS_REASONS, reason),
        "IsDeleted": cells.flags(deals.deleted),
    }
    return pa.table(table)


def _names(stream: Stream, deals: Deals, market: Companies) -> pa.StringArray:
    """Company and purpose; a few are somebody's try of the CRM."""
    account = np.maximum(deals.account, 0)
    companies_named = companies.names(market, account)
    purpose = cells.words(_PURPOSES, deals.kind)
    year = cells.integers(deals.created_day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970)
    usual = cells.joined(companies_named, " - ", purpose, " ", year)
    is_try = stream.chance(0.002, deals.count) & (deals.kind != FROM_LEAD)
    tries = cells.joined("Test opportunity ", cells.integers(np.arange(1, deals.count + 1)))
    return cells.chosen(is_try, tries, usual)
