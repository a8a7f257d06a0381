"""How HubSpot shows the subsidiary's deals: deals, pipelines, stage and property history, line items, quotes and splits."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells, companies
from sample.archive import Versions
from sample.draws import Flags, Ints, Stream
from sample.hubspot.clients import LIFECYCLE, Subsidiary, contact_ids
from sample.hubspot.deals import CATALOGUE, CONTRACT_SENT, OPEN_STAGES, PIPELINES, STAGES, WON, Play, deal_ids
from sample.hubspot.owners import CURRENCIES, UNKNOWN_OWNER
from sample.hubspot.owners import ids as owner_ids
from sample.hubspot.records import entered_twice, lifecycle_history
from sample.people import NEVER
from sample.ready import ready
from sample.slips import NOTHING, some
from sample.timeline import DAY
from sample.traits import Traits
from sample.truth import Defects
from sample.world import World

_REASONS, _REASON_WEIGHTS = ("Price", "Competitor", "No decision", "Timing", "No budget"), (28, 24, 24, 14, 10)
_PURPOSES = ("newbusiness", "existingbusiness")
_SHOWN_TWICE = 0.01
_SPLIT, _SPLIT_PERCENT = 0.08, (60, 40)
_STAGE_IDS = [stage[0][pipeline] for pipeline in range(len(PIPELINES)) for stage in STAGES]


def versions(world: World, subsidiary: Subsidiary) -> list[Versions]:
    """Every object that tells of deals."""
    deals = subsidiary.deals
    return [
        *_pipelines(world), _deals(world, subsidiary), _stage_history(world, deals), _property_history(world, subsidiary),
        *_lines(world, deals), _quotes(deals), _splits(world, subsidiary),
    ]  # fmt: skip


def _pipelines(world: World) -> list[Versions]:
    first, shown = world.span.first, np.arange(len(PIPELINES), dtype=np.int64)
    pipeline = np.repeat(shown, len(STAGES))
    stage = np.tile(np.arange(len(STAGES), dtype=np.int64), len(PIPELINES))
    pipelines = {
        "pipeline_id": cells.words([name for name, _ in PIPELINES], shown),
        "label": cells.words([label for _, label in PIPELINES], shown),
        "display_order": cells.integers(shown),
    }
    stages = {
        "stage_id": _stage_ids(pipeline, stage),
        "pipeline_id": cells.words([name for name, _ in PIPELINES], pipeline),
        "label": cells.words([label for _, label, _, _ in STAGES], stage),
        "display_order": cells.integers(stage),
        "probability": cells.words([probability for _, _, probability, _ in STAGES], stage),
        "is_closed": cells.flags(stage >= OPEN_STAGES),
    }
    return [
        ready("hubspot", "pipelines", np.full(len(shown), first), pipelines),
        ready("hubspot", "pipeline_stages", np.full(len(stage), first), stages),
    ]


def _stage_ids(pipeline: Ints, stage: Ints) -> pa.StringArray:
    return cells.words(_STAGE_IDS, pipeline * len(STAGES) + stage)


def _deals(world: World, subsidiary: Subsidiary) -> Versions:
    deals = subsidiary.deals
    happened = deals.changes(subsidiary.owners)
    deal, moment = happened.record, happened.moment
    stage = deals.stage_at(deal, moment)
    closed = stage >= OPEN_STAGES
    traits = Traits(world.seed, "hubspot deal")
    reason = traits.pick("reason", _REASON_WEIGHTS, deal)
    words = cells.chosen(
        deals.nothing[deal], cells.words(NOTHING, traits.below("nothing", len(NOTHING), deal)), cells.words(_REASONS, reason)
    )
    columns = {
        "hs_object_id": deal_ids(deal),
        "dealname": _names(world, subsidiary, deal),
        "amount": cells.money(deals.cents_at(deal, moment), ~(deals.missing[deal] & closed)),
        "deal_currency_code": cells.words(CURRENCIES, deals.currency[deal]),
        "dealstage": _stage_ids(deals.pipeline[deal], stage),
        "pipeline": cells.words([name for name, _ in PIPELINES], deals.pipeline[deal]),
        "dealtype": cells.words(_PURPOSES, np.where(deals.is_new[deal], 0, 1)),
        "closedate": _noon(deals.close_day_at(deal, moment)),
        "createdate": cells.timestamps(deals.created[deal]),
        "hs_lastmodifieddate": cells.timestamps(moment),
        "hs_deal_stage_probability": cells.words([probability for _, _, probability, _ in STAGES], stage),
        "hs_manual_forecast_category": cells.words([category for _, _, _, category in STAGES], stage),
        "hs_is_closed_won": cells.flags(stage == WON),
        "closed_lost_reason": cells.where(closed & (stage != WON), words),
        "hubspot_owner_id": _owner_ids(subsidiary, deal, moment),
        "hs_merged_object_ids": deals.repeats.taken_in(deal, moment, deal_ids),
        "archived": cells.flags(deals.repeats.gone(deal, moment)),
    }
    return ready("hubspot", "deals", happened.day, columns, record=deal)


def _noon(days: Ints) -> pa.StringArray:
    return cells.timestamps(days * DAY + DAY // 2)


def _owner_ids(subsidiary: Subsidiary, deal: Ints, moment: Ints) -> pa.StringArray:
    deals = subsidiary.deals
    owner = owner_ids(deals.owner_at(subsidiary.owners, deal, moment))
    return cells.chosen(deals.orphaned[deal], cells.same(UNKNOWN_OWNER, len(deal)), owner)


def _names(world: World, subsidiary: Subsidiary, deal: Ints) -> pa.StringArray:
    """Company and product; a few are somebody's try of the CRM."""
    deals = subsidiary.deals
    usual = cells.joined(
        companies.names(world.market, subsidiary.clients.market[deals.company[deal]]),
        " - ",
        cells.words([name for name, _, _ in CATALOGUE], deal % len(CATALOGUE)),
    )
    return cells.chosen(deals.tries[deal], cells.joined("Test deal ", cells.integers(deal + 1)), usual)


def _stage_history(world: World, deals: Play) -> Versions:
    """Every stage entered; a few rows stand there twice, as the export delivered them."""
    deal, stage, moment = _stages_entered(deals)
    twice = np.flatnonzero(some(Stream(world.seed, "hubspot stage rows"), _SHOWN_TWICE, np.ones(len(deal), dtype=bool)))
    which = np.sort(np.concatenate([np.arange(len(deal), dtype=np.int64), twice]), kind="stable")
    deal, stage, moment = deal[which], stage[which], moment[which]
    columns = {
        "deal_id": deal_ids(deal),
        "dealstage": _stage_ids(deals.pipeline[deal], stage),
        "timestamp": cells.timestamps(moment),
        "source": cells.words(("CRM_UI", "AUTOMATION_PLATFORM"), ((deal + stage) % 5 == 0).astype(np.int64)),
    }
    return ready("hubspot", "deal_stage_history", moment // DAY, columns)


def _stages_entered(deals: Play) -> tuple[Ints, Ints, Ints]:
    """Deal, stage and moment, deal by deal."""
    closing = np.where(deals.wins, WON, WON + 1)
    moments = np.concatenate([deals.entered, deals.closed[:, None]], axis=1)
    deal, place = np.nonzero(moments < NEVER)
    return deal, np.where(place == OPEN_STAGES, closing[deal], place), moments[deal, place]


def _property_history(world: World, subsidiary: Subsidiary) -> Versions:
    """Amounts, close dates and owners of deals, and the lifecycle stages of contacts."""
    deals, owners = subsidiary.deals, subsidiary.owners
    every = np.arange(len(deals.created), dtype=np.int64)
    pushed, closed = np.flatnonzero(deals.pushed < NEVER), np.flatnonzero(deals.closed < NEVER)
    settled = np.flatnonzero((deals.settled < NEVER) & (deals.settled > deals.created) & (deals.cents != deals.estimate))
    passed = np.flatnonzero((deals.owner == owners.leaver) & (deals.created < owners.leaves) & (deals.closed > owners.leaves))
    handed = np.full(len(passed), owners.leaves, dtype=np.int64)

    def changes(places: list[Ints], moments: list[Ints]) -> tuple[Ints, Ints]:
        record, moment = np.concatenate(places), np.concatenate(moments)
        order = np.lexsort((moment, record))
        return record[order], moment[order]

    amount = changes([every, settled], [deals.created, deals.settled[settled]])
    close = changes([every, pushed, closed], [deals.created, deals.pushed[pushed], deals.closed[closed]])
    owner = changes([every, passed], [deals.created, handed])
    contact, stage, since = lifecycle_history(subsidiary)
    parts = [
        ("deal", "amount", deal_ids(amount[0]), cells.money(deals.cents_at(*amount)), amount[1]),
        ("deal", "closedate", deal_ids(close[0]), _noon(deals.close_day_at(*close)), close[1]),
        ("deal", "hubspot_owner_id", deal_ids(owner[0]), _owner_ids(subsidiary, *owner), owner[1]),
        ("contact", "lifecyclestage", contact_ids(contact), cells.words(LIFECYCLE, stage), since),
    ]
    moment = np.concatenate([part[4] for part in parts])
    columns = {
        "object_type": pa.concat_arrays([cells.same(part[0], len(part[4])) for part in parts]),
        "object_id": pa.concat_arrays([part[2] for part in parts]),
        "property": pa.concat_arrays([cells.same(part[1], len(part[4])) for part in parts]),
        "value": pa.concat_arrays([part[3] for part in parts]),
        "timestamp": cells.timestamps(moment),
        "source": cells.same("CRM_UI", len(moment)),
    }
    return ready("hubspot", "property_history", np.maximum(moment // DAY, world.span.first), columns)


def _shown_lines(world: World, deals: Play) -> tuple[Ints, Flags]:
    """The lines that were entered, and which of them say a quantity below nothing."""
    which = np.flatnonzero(deals.settled[deals.lines.deal] < NEVER)
    return which, some(Stream(world.seed, "hubspot lines"), 0.004, np.ones(len(which), dtype=bool))


def _lines(world: World, deals: Play) -> list[Versions]:
    """line_items, entered when the amount was settled, and the deals that they belong to."""
    which, negative = _shown_lines(world, deals)
    lines = deals.lines
    deal, product, moment = lines.deal[which], lines.product[which], deals.settled[lines.deal[which]]
    ids = _line_ids(which)
    columns = {
        "hs_object_id": ids,
        "name": cells.words([name for name, _, _ in CATALOGUE], product),
        "hs_sku": cells.words([sku for _, sku, _ in CATALOGUE], product),
        "quantity": cells.integers(np.where(negative, -lines.quantity[which], lines.quantity[which])),
        "price": cells.money(np.array([euros for _, _, euros in CATALOGUE], dtype=np.int64)[product] * 100),
        "hs_discount_percentage": cells.integers(lines.discount[which]),
        "amount": cells.money(lines.total_cents[which]),
        "hs_line_item_currency_code": cells.words(CURRENCIES, deals.currency[deal]),
        "createdate": cells.timestamps(moment),
        "hs_lastmodifieddate": cells.timestamps(moment),
    }
    belongs = {"deal_id": deal_ids(deal), "line_item_id": ids, "type": cells.same("deal_to_line_item", len(deal))}
    return [
        ready("hubspot", "line_items", moment // DAY, columns),
        ready("hubspot", "associations_deals_line_items", moment // DAY, belongs),
    ]


def _line_ids(which: Ints) -> pa.StringArray:
    return cells.integers(6_100_000_000 + 3 * which)


def _quotes(deals: Play) -> Versions:
    """The offer that goes out with the contract, for thirty days."""
    moment = deals.entered[:, CONTRACT_SENT]
    deal = np.flatnonzero(moment < NEVER)
    moment = moment[deal]
    columns = {
        "hs_object_id": cells.integers(5_500_000_000 + 3 * deal),
        "deal_id": deal_ids(deal),
        "hs_title": cells.joined("Offer ", cells.integers(deal + 1)),
        "hs_status": cells.same("APPROVAL_NOT_NEEDED", len(deal)),
        "hs_quote_amount": cells.money(deals.cents[deal]),
        "hs_currency": cells.words(CURRENCIES, deals.currency[deal]),
        "hs_expiration_date": cells.dates(moment // DAY + 30),
        "hs_createdate": cells.timestamps(moment),
    }
    return ready("hubspot", "quotes", moment // DAY, columns)


def _splits(world: World, subsidiary: Subsidiary) -> Versions:
    """Some won deals are shared by two owners."""
    deals, owners = subsidiary.deals, subsidiary.owners
    shared = some(Stream(world.seed, "hubspot splits"), _SPLIT, deals.is_won & ~deals.missing)
    deal = np.repeat(np.flatnonzero(shared), 2)
    part = np.tile(np.arange(2, dtype=np.int64), len(deal) // 2)
    closed = deals.closed[deal]
    owner = deals.owner_at(owners, deal, closed)
    partner = owners.at((owner + 1) % owners.count, closed)
    partner = np.where(partner == owner, (owner + 1) % owners.leaver, partner)
    percent = np.array(_SPLIT_PERCENT)[part]
    # The second one gets what the first one leaves, to the cent.
    larger = deals.cents[deal] * _SPLIT_PERCENT[0] // 100
    columns = {
        "deal_id": deal_ids(deal),
        "hubspot_owner_id": owner_ids(np.where(part == 0, owner, partner)),
        "hs_deal_split_percentage": cells.integers(percent),
        "hs_deal_split_amount": cells.money(np.where(part == 0, larger, deals.cents[deal] - larger)),
        "hs_createdate": cells.timestamps(closed),
    }
    return ready("hubspot", "deal_splits", closed // DAY, columns)


def defects(world: World, subsidiary: Subsidiary) -> list[Defects]:
    """Missing amounts, impossible dates, unknown owners, tries, words for nothing, negative quantities, rows shown twice."""
    deals = subsidiary.deals
    deal, stage, _ = _stages_entered(deals)
    twice = some(Stream(world.seed, "hubspot stage rows"), _SHOWN_TWICE, np.ones(len(deal), dtype=bool))
    which, negative = _shown_lines(world, deals)
    flags = (
        ("amount_missing", deals.missing, "won"),
        ("close_before_creation", deals.backwards, ""),
        ("owner_unknown", deals.orphaned, UNKNOWN_OWNER),
        ("test_record", deals.tries, ""),
        ("null_word", deals.nothing, "closed_lost_reason"),
    )
    return [
        *(Defects(rule, "hubspot.deals", deal_ids(np.flatnonzero(flag)), detail) for rule, flag, detail in flags),
        entered_twice("hubspot.deals", deals.repeats, deal_ids),
        Defects("quantity_negative", "hubspot.line_items", _line_ids(which[negative])),
        Defects("row_repeated", "hubspot.deal_stage_history", deal_ids(deal[twice]),
                _stage_ids(deals.pipeline[deal[twice]], stage[twice])),
    ]  # fmt: skip
