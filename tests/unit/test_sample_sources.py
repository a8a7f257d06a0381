"""HubSpot, delivery, tools, enrichment and enablement: keys, links, patterns, and slips exactly where the truth says."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sample import archive, companies, hubspot, operations
from sample.invent import invent
from sample.timeline import DAY
from sample.world import World

THROUGH = dt.date(2026, 10, 31)
SCALE = 0.3
Tables = dict[str, pa.Table]

COLUMNS = {
    "delivery.projects": "account tier planned_hours actual_hours start end assignee contractor",
    "enrichment.companies": "domain industry size country source date",
    "enablement.assets": "asset topic stage uses",
    "tools.stack": (
        "tool function vendor cost_per_year licences active_users integrates_with training_offered renewal obstacle_addressed "
        "satisfaction"
    ),
    "hubspot.deals": (
        "hs_object_id dealname amount deal_currency_code dealstage pipeline dealtype closedate createdate hs_lastmodifieddate "
        "hs_deal_stage_probability hs_manual_forecast_category hs_is_closed_won closed_lost_reason hubspot_owner_id "
        "hs_merged_object_ids"
    ),
    "hubspot.deal_stage_history": "deal_id dealstage timestamp source",
    "hubspot.pipeline_stages": "stage_id pipeline_id label display_order probability is_closed",
    "hubspot.contacts": "lifecyclestage hs_lead_status hs_analytics_source hubspot_owner_id",
    "hubspot.companies": "name domain lifecyclestage hubspot_owner_id",
    "hubspot.calls": "hs_timestamp hs_call_duration hs_call_disposition",
    "hubspot.meetings": "hs_meeting_start_time hs_meeting_end_time hs_meeting_outcome",
}
KEYS = {
    "tools.stack": "tool",
    "enrichment.companies": "domain source",
    "enablement.assets": "asset",
    "hubspot.deals": "hs_object_id",
    "hubspot.contacts": "hs_object_id",
    "hubspot.companies": "hs_object_id",
    "hubspot.line_items": "hs_object_id",
    "hubspot.owners": "id",
    "hubspot.goals": "hs_object_id",
    "hubspot.pipeline_stages": "stage_id",
    "hubspot.associations_engagements": "engagement_id object_type",
    **{f"hubspot.{name}": "hs_object_id" for name in ("calls", "emails", "meetings", "tasks")},
}
LINKS = [
    ("erp.routings", "resource", "erp.resources", "resource"),
    ("hubspot.deals", "dealstage", "hubspot.pipeline_stages", "stage_id"),
    ("hubspot.deals", "pipeline", "hubspot.pipelines", "pipeline_id"),
    ("hubspot.pipeline_stages", "pipeline_id", "hubspot.pipelines", "pipeline_id"),
    ("hubspot.deal_stage_history", "deal_id", "hubspot.deals", "hs_object_id"),
    ("hubspot.deal_stage_history", "dealstage", "hubspot.pipeline_stages", "stage_id"),
    ("hubspot.quotes", "deal_id", "hubspot.deals", "hs_object_id"),
    ("hubspot.deal_splits", "deal_id", "hubspot.deals", "hs_object_id"),
    ("hubspot.deal_splits", "hubspot_owner_id", "hubspot.owners", "id"),
    ("hubspot.associations_deals_companies", "deal_id", "hubspot.deals", "hs_object_id"),
    ("hubspot.associations_deals_companies", "company_id", "hubspot.companies", "hs_object_id"),
    ("hubspot.associations_deals_contacts", "contact_id", "hubspot.contacts", "hs_object_id"),
    ("hubspot.associations_contacts_companies", "contact_id", "hubspot.contacts", "hs_object_id"),
    ("hubspot.associations_contacts_companies", "company_id", "hubspot.companies", "hs_object_id"),
    ("hubspot.associations_deals_line_items", "line_item_id", "hubspot.line_items", "hs_object_id"),
    ("hubspot.contacts", "associatedcompanyid", "hubspot.companies", "hs_object_id"),
    ("hubspot.contacts", "hubspot_owner_id", "hubspot.owners", "id"),
    ("hubspot.companies", "hubspot_owner_id", "hubspot.owners", "id"),
    ("hubspot.calls", "hubspot_owner_id", "hubspot.owners", "id"),
    ("hubspot.goals", "hubspot_owner_id", "hubspot.owners", "id"),
    ("hubspot.owner_teams", "team_id", "hubspot.teams", "id"),
]


def _final(world: World) -> Tables:
    """The last version of every record of every object."""
    return {
        f"{versions.source}.{versions.name}": versions.build(archive.carried(versions, None, world.span.last))
        for versions in [*operations.versions(world), *hubspot.versions(world)]
    }


@pytest.fixture(scope="module")
def world() -> World:
    return invent(SCALE, 1, THROUGH)


@pytest.fixture(scope="module")
def tables(world: World) -> Tables:
    return _final(world)


@pytest.fixture(scope="module")
def truth(world: World) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for defects in [*operations.defects(world), *hubspot.defects(world)]:
        found[defects.rule, defects.object] += defects.record_id.to_pylist()
    return found


def _rows(tables: Tables, name: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = tables[name].to_pylist()
    return rows


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(world: World, tables: Tables) -> None:
    again = _final(invent(SCALE, 1, THROUGH))
    assert again.keys() == tables.keys()
    for name, table in tables.items():
        assert table.equals(again[name]), name
    other = _final(invent(SCALE, 2, THROUGH))
    assert not other["hubspot.deals"].equals(tables["hubspot.deals"])
    assert not other["support.tickets"].equals(tables["support.tickets"])


@pytest.mark.parametrize("scale", [0.001, 0.05])
def test_the_smallest_company_has_some_of_everything(scale: float) -> None:
    small = invent(scale, 3, THROUGH)
    for name, table in _final(small).items():
        assert table.num_rows > 0, name
    assert all(
        isinstance(defects.record_id, pa.StringArray) for defects in [*operations.defects(small), *hubspot.defects(small)]
    )


def test_every_cell_is_text_and_every_column_is_the_vendors(tables: Tables) -> None:
    for name, table in tables.items():
        assert set(table.schema.types) == {pa.string()}, name
        assert all(column.null_count == 0 for column in table.columns), name
    for name, columns in COLUMNS.items():
        assert set(columns.split()) <= set(tables[name].column_names), name


def test_a_records_versions_stand_in_the_order_of_time_within_the_span(world: World) -> None:
    for versions in [*operations.versions(world), *hubspot.versions(world)]:
        order = np.argsort(versions.record, kind="stable")
        record, seen = versions.record[order], versions.seen[order]
        assert np.all(np.diff(seen)[np.diff(record) == 0] >= 0), versions.name
        assert seen.min() >= world.span.first, versions.name


@pytest.mark.parametrize("step", [1, 30, 200])
def test_the_final_state_does_not_depend_on_the_exports(world: World, tables: Tables, step: int) -> None:
    days = [*range(world.span.last - 3 * step, world.span.last, step), world.span.last]
    for versions in [*operations.versions(world), *hubspot.versions(world)]:
        state: dict[int, int] = {}
        for after, until in zip([None, *days], days, strict=False):
            for place in archive.carried(versions, after, until).tolist():
                state[int(versions.record[place])] = place
        rows = versions.build(np.sort(np.array(list(state.values()), dtype=np.int64)))
        assert rows.equals(tables[f"{versions.source}.{versions.name}"]), versions.name


def test_nothing_is_told_before_it_happened(world: World) -> None:
    told = {
        "deals": "hs_lastmodifieddate",
        "contacts": "lastmodifieddate",
        "companies": "hs_lastmodifieddate",
        "deal_stage_history": "timestamp",
        "property_history": "timestamp",
        **dict.fromkeys(("emails", "calls", "meetings", "tasks"), "hs_lastmodifieddate"),
    }
    for versions in [*operations.versions(world), *hubspot.versions(world)]:
        if versions.source != "hubspot" or versions.name not in told:
            continue
        text = versions.build(np.arange(len(versions.record))).column(told[versions.name])
        days = pc.cast(pc.utf8_slice_codeunits(text, 0, 10), pa.date32()).cast(pa.int32()).to_numpy()
        assert np.array_equal(np.maximum(days, world.span.first), versions.seen), versions.name


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_unique(tables: Tables, name: str) -> None:
    keys = list(zip(*(tables[name].column(column).to_pylist() for column in KEYS[name].split()), strict=True))
    assert len(set(keys)) == len(keys)
    assert "" not in {part for key in keys for part in key}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("hubspot.deal_stage_history", "deal_id dealstage timestamp source"),
        ("marketing.spend", "campaign date"),
        ("delivery.projects", "account start"),
    ],
)
def test_rows_stand_twice_only_where_that_was_injected(
    tables: Tables, truth: dict[tuple[str, str], list[str]], name: str, key: str
) -> None:
    rows = Counter(zip(*(tables[name].column(column).to_pylist() for column in key.split()), strict=True))
    twice = sorted(key[0] if name.startswith("hubspot") else " ".join(key) for key, count in rows.items() if count > 1)
    assert twice == sorted(truth["row_repeated", name])
    assert max(rows.values()) == 2


@pytest.mark.parametrize(("name", "column", "target", "key"), LINKS)
def test_every_reference_has_its_record(tables: Tables, name: str, column: str, target: str, key: str) -> None:
    named = set(tables[name].column(column).to_pylist()) - {""}
    assert named
    assert named <= set(tables[target].column(key).to_pylist())


def test_accounts_are_called_as_the_crm_calls_them(world: World, tables: Tables) -> None:
    names = set(companies.names(world.market, world.book.company).to_pylist())
    for name in ("erp.sales_orders", "support.tickets", "delivery.projects", "finance.subscriptions"):
        assert set(tables[name].column("account").to_pylist()) <= names, name


def test_only_the_unknown_owner_is_unknown(tables: Tables, truth: dict[tuple[str, str], list[str]]) -> None:
    owners = {row["id"] for row in _rows(tables, "hubspot.owners")}
    orphans = [row["hs_object_id"] for row in _rows(tables, "hubspot.deals") if row["hubspot_owner_id"] not in owners]
    assert sorted(orphans) == sorted(truth["owner_unknown", "hubspot.deals"])
    assert orphans


def test_who_left_keeps_only_what_was_closed(tables: Tables) -> None:
    left = {row["id"] for row in _rows(tables, "hubspot.owners") if row["archived"] == "true"}
    assert len(left) == 1
    theirs = [row for row in _rows(tables, "hubspot.deals") if row["hubspot_owner_id"] in left and row["archived"] == "false"]
    assert theirs
    assert {row["hs_deal_stage_probability"] for row in theirs} <= {"0.0", "1.0"}


@pytest.mark.parametrize("name", ["hubspot.deals", "hubspot.contacts", "hubspot.companies"])
def test_what_was_merged_is_listed_by_what_stayed(tables: Tables, truth: dict[tuple[str, str], list[str]], name: str) -> None:
    rows = {row["hs_object_id"]: row for row in _rows(tables, name)}
    listed = [part for row in rows.values() if row["hs_merged_object_ids"] for part in row["hs_merged_object_ids"].split(";")]
    assert sorted(listed) == sorted(key for key, row in rows.items() if row["archived"] == "true")
    assert listed
    assert not set(truth["entered_twice", name]) & set(listed)


def test_a_deal_is_where_its_history_ends(tables: Tables) -> None:
    newest: dict[str, tuple[str, str]] = {}
    for row in _rows(tables, "hubspot.deal_stage_history"):
        newest[row["deal_id"]] = max(newest.get(row["deal_id"], ("", "")), (row["timestamp"], row["dealstage"]))
    for row in _rows(tables, "hubspot.deals"):
        assert newest[row["hs_object_id"]][1] == row["dealstage"]


def test_line_items_add_up_to_their_deal(tables: Tables) -> None:
    lines = {row["hs_object_id"]: row for row in _rows(tables, "hubspot.line_items")}
    deals = {row["hs_object_id"]: row for row in _rows(tables, "hubspot.deals")}
    total: dict[str, Decimal] = defaultdict(Decimal)
    for row in _rows(tables, "hubspot.associations_deals_line_items"):
        line = lines[row["line_item_id"]]
        total[row["deal_id"]] += Decimal(line["amount"])
        each = Decimal(line["price"]) * (100 - int(line["hs_discount_percentage"])) / 100
        assert Decimal(line["amount"]) == abs(int(line["quantity"])) * each
    assert total
    assert all(Decimal(deals[deal]["amount"]) == amount for deal, amount in total.items())


def test_the_injected_slips_of_hubspot_are_what_the_rows_show(
    world: World, tables: Tables, truth: dict[tuple[str, str], list[str]]
) -> None:
    deals = _rows(tables, "hubspot.deals")
    words = {"NULL", "n/a", "None", "-"}
    shown = {
        ("close_before_creation", "hubspot.deals"): [row for row in deals if row["closedate"] < row["createdate"][:10]],
        ("amount_missing", "hubspot.deals"): [row for row in deals if not row["amount"]],
        ("test_record", "hubspot.deals"): [row for row in deals if row["dealname"].startswith("Test")],
        ("null_word", "hubspot.deals"): [row for row in deals if row["closed_lost_reason"] in words],
        ("null_word", "hubspot.companies"): [row for row in _rows(tables, "hubspot.companies") if row["industry"] in words],
        ("employees_negative", "hubspot.companies"): [
            row for row in _rows(tables, "hubspot.companies") if row["numberofemployees"].startswith("-")
        ],
        ("address_invalid", "hubspot.contacts"): [
            row for row in _rows(tables, "hubspot.contacts") if row["email"].count("@") != 1 or " " in row["email"]
        ],
        ("country_unknown", "hubspot.contacts"): [
            row for row in _rows(tables, "hubspot.contacts") if row["country"] in companies.words.COUNTRY_SLIPS
        ],
        ("quantity_negative", "hubspot.line_items"): [
            row for row in _rows(tables, "hubspot.line_items") if row["quantity"].startswith("-")
        ],
        ("call_over_8_hours", "hubspot.calls"): [
            row for row in _rows(tables, "hubspot.calls") if int(row["hs_call_duration"]) > 8 * 3_600_000
        ],
        ("meeting_ends_before_start", "hubspot.meetings"): [
            row for row in _rows(tables, "hubspot.meetings") if row["hs_meeting_end_time"] < row["hs_meeting_start_time"]
        ],
    }
    for rule, rows in shown.items():
        assert sorted(row["hs_object_id"] for row in rows) == sorted(truth[rule]), rule
        assert rows, rule


def test_the_injected_slips_of_the_small_sources_are_what_the_rows_show(
    tables: Tables, truth: dict[tuple[str, str], list[str]]
) -> None:
    def both(name: str, one: str, other: str, rows: list[dict[str, str]]) -> list[str]:
        assert rows, name
        return [f"{row[one]} {row[other]}" for row in rows]

    projects, assets, stack = (_rows(tables, name) for name in ("delivery.projects", "enablement.assets", "tools.stack"))
    training, spend = _rows(tables, "hr.training"), _rows(tables, "marketing.spend")
    contracts, parts = _rows(tables, "finance.subscriptions"), _rows(tables, "erp.bom")
    items = {row["item"] for row in _rows(tables, "erp.items")}
    shown = {
        ("hours_negative", "delivery.projects"): both(
            "hours", "account", "start", [row for row in projects if row["actual_hours"].startswith("-")]
        ),
        ("end_before_start", "delivery.projects"): both(
            "ends", "account", "start", [row for row in projects if "" < row["end"] < row["start"]]
        ),
        ("more_users_than_licences", "tools.stack"): [
            row["tool"] for row in stack if int(row["active_users"]) > int(row["licences"])
        ],
        ("satisfaction_out_of_range", "tools.stack"): [row["tool"] for row in stack if int(row["satisfaction"]) > 10],
        ("uses_negative", "enablement.assets"): [row["asset"] for row in assets if row["uses"].startswith("-")],
        ("null_word", "enablement.assets"): [row["asset"] for row in assets if row["topic"] == "NULL"],
        ("date_in_future", "enrichment.companies"): [
            row["domain"] for row in _rows(tables, "enrichment.companies") if row["date"] > str(THROUGH)
        ],
        ("domain_is_address", "enrichment.companies"): [
            row["domain"] for row in _rows(tables, "enrichment.companies") if "/" in row["domain"]
        ],
        ("score_out_of_range", "hr.training"): both(
            "score", "employee_id", "course", [row for row in training if int(row["score"] or 0) > 100]
        ),
        ("completed_before_assigned", "hr.training"): both(
            "training", "employee_id", "course", [row for row in training if "" < row["completed"] < row["assigned"]]
        ),
        ("cost_negative", "marketing.spend"): both("spend", "campaign", "date", [r for r in spend if r["cost"][0] == "-"]),
        ("end_before_start", "finance.subscriptions"): both(
            "contracts", "account", "start", [row for row in contracts if row["end"] < row["start"]]
        ),
        ("mrr_negative", "finance.subscriptions"): both(
            "mrr", "account", "start", [r for r in contracts if r["mrr"][0] == "-"]
        ),
        ("component_unknown", "erp.bom"): [row["item"] for row in parts if row["component"] not in items],
    }
    for rule, names in shown.items():
        # What was entered twice shows the same slip twice.
        assert sorted(set(names)) == sorted(set(truth[rule])), rule


def test_companies_of_both_crms_are_named(world: World, tables: Tables, truth: dict[tuple[str, str], list[str]]) -> None:
    accounts = set(companies.domains(np.arange(world.book.originals)).to_pylist())
    shared = [row["hs_object_id"] for row in _rows(tables, "hubspot.companies") if row["domain"] in accounts]
    assert sorted(shared) == sorted(truth["also_in_salesforce", "hubspot.companies"])
    assert shared


def test_no_two_contacts_share_an_address(tables: Tables) -> None:
    addresses = tables["hubspot.contacts"].column("email").to_pylist()
    assert len(set(addresses)) == len(addresses)


def test_engagements_happen_within_the_life_of_their_deal(world: World, tables: Tables) -> None:
    created = {row["hs_object_id"]: row["createdate"] for row in _rows(tables, "hubspot.deals")}
    made = {
        row["hs_object_id"]: row["hs_createdate"]
        for name in ("emails", "calls", "meetings", "tasks")
        for row in _rows(tables, f"hubspot.{name}")
    }
    about = [row for row in _rows(tables, "hubspot.associations_engagements") if row["object_type"] == "deal"]
    assert len(made) == pytest.approx(6000 * SCALE, abs=1)
    assert 0.5 < len(about) / len(made) < 0.75
    assert all(made[row["engagement_id"]] >= created[row["object_id"]] for row in about)
    end = dt.datetime.fromtimestamp(world.span.last * DAY + DAY, dt.UTC).strftime("%Y-%m-%dT")
    assert max(made.values()) < end
