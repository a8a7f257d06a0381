"""The sample's finance, ERP, support and HR at any scale: all there, agreeing with the CRM, with slips where the truth says."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

import numpy as np
import pyarrow as pa
import pytest

from sample import archive, catalogue, companies
from sample.archive import Versions
from sample.deals import WON
from sample.invent import invent
from sample.moments import day_number
from sample.operations import erp, finance, people_ops, production, spend, support
from sample.rates import EUR
from sample.world import World

THROUGH = dt.date(2026, 10, 31)
MODULES = (finance, erp, production, support, people_ops, spend)
Rows = list[dict[str, str]]

COLUMNS = {
    "finance.exchange_rates": "currency date rate",
    "finance.targets": "scope period measure version amount",
    "finance.subscriptions": "account product start end mrr currency",
    "finance.budget": "period lever_type amount",
    "erp.items": "item name family unit_cost list_price lead_time_days moq supplier shelf_life_days",
    "erp.stock": "item location date on_hand on_order reserved",
    "erp.purchase_orders": "order item supplier ordered promised received quantity",
    "erp.sales_orders": "order line account item quantity price date",
    "erp.resources": "resource hours_per_week efficiency",
    "erp.routings": "item resource hours_each",
    "erp.bom": "item component quantity",
    "erp.promotions": "id items segment from to discount cost",
    "erp.price_history": "item from list_price",
    "support.tickets": "id account queue priority created first_response closed handle_minutes csat",
    "hr.absences": "employee_id from to type",
    "hr.training": "employee_id course topic department assigned completed hours score",
    "hr.open_requisitions": "role opened target_start status",
    "marketing.spend": "campaign channel date cost currency",
}
KEYS = {
    "finance.exchange_rates": "currency date",
    "finance.targets": "scope period measure version",
    "erp.items": "item",
    "erp.stock": "item location date",
    "erp.purchase_orders": "order item",
    "erp.sales_orders": "order line",
    "erp.bom": "item component",
    "erp.promotions": "id",
    "support.tickets": "id",
    "hr.absences": "employee_id from type",
    "hr.training": "employee_id course",
    "finance.budget": "period lever_type",
    "erp.routings": "item resource",
    "erp.price_history": "item from",
}
# The most of an object's rows that may be wrong, so that no load of a file fails.
MOST_WRONG = 0.05


def objects(world: World) -> dict[str, Versions]:
    return {f"{made.source}.{made.name}": made for module in MODULES for made in module.versions(world)}


def final(world: World) -> dict[str, pa.Table]:
    """The last version of every record."""
    return {name: made.build(archive.carried(made, None, world.span.last)) for name, made in objects(world).items()}


def rows(tables: dict[str, pa.Table], name: str) -> Rows:
    found: Rows = tables[name].to_pylist()
    return found


def slips(world: World) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for module in MODULES:
        for defects in module.defects(world):
            found[defects.rule, defects.object] += defects.record_id.to_pylist()
    return found


@pytest.fixture(scope="module", params=[(0.01, 1, THROUGH), (0.05, 7, dt.date(2026, 2, 17)), (0.3, 2, THROUGH)])
def world(request: pytest.FixtureRequest) -> World:
    return invent(*request.param)


@pytest.fixture(scope="module")
def tables(world: World) -> dict[str, pa.Table]:
    return final(world)


@pytest.fixture(scope="module")
def truth(world: World) -> dict[tuple[str, str], list[str]]:
    return slips(world)


def test_the_same_seed_gives_the_same_rows(world: World, tables: dict[str, pa.Table]) -> None:
    again = final(invent(world.scale, world.seed, world.span.through))
    assert all(again[name].equals(table) for name, table in tables.items())


@pytest.mark.parametrize("name", COLUMNS)
def test_every_object_has_its_columns_and_a_handful_of_rows(tables: dict[str, pa.Table], name: str) -> None:
    assert set(COLUMNS[name].split()) <= set(tables[name].column_names)
    assert tables[name].num_rows >= 4


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_unique_and_given(tables: dict[str, pa.Table], name: str) -> None:
    keys = [tuple(row[column] for column in KEYS[name].split()) for row in rows(tables, name)]
    assert len(set(keys)) == len(keys)
    assert all(all(key) for key in keys)


def test_spend_is_entered_twice_only_where_that_was_injected(
    tables: dict[str, pa.Table], truth: dict[tuple[str, str], list[str]]
) -> None:
    entries = Counter(f"{row['campaign']} {row['date']}" for row in rows(tables, "marketing.spend"))
    assert sorted(key for key, count in entries.items() if count > 1) == sorted(truth["row_repeated", "marketing.spend"])


@pytest.mark.parametrize("name", ["erp.stock", "erp.purchase_orders", "erp.sales_orders", "erp.bom", "erp.routings"])
def test_every_item_named_is_an_item(tables: dict[str, pa.Table], truth: dict[tuple[str, str], list[str]], name: str) -> None:
    items = set(tables["erp.items"].column("item").to_pylist())
    unnamed = [row for row in rows(tables, name) if row["item"] not in items]
    assert {row["item"] for row in unnamed} <= {""}
    assert len(unnamed) == len(truth["order_without_item", name])


def test_tickets_orders_and_contracts_name_accounts(world: World, tables: dict[str, pa.Table]) -> None:
    accounts = set(companies.names(world.market, world.book.company).to_pylist())
    for name in ("support.tickets", "erp.sales_orders", "finance.subscriptions"):
        assert set(tables[name].column("account").to_pylist()) <= accounts, name


def test_what_is_on_order_is_what_suppliers_still_owe(world: World, tables: dict[str, pa.Table]) -> None:
    last = str(world.span.through)
    counted: Counter[str] = Counter()
    for row in rows(tables, "erp.stock"):
        if row["date"] == last:
            counted[row["item"]] += int(row["on_order"])
    owed: Counter[str] = Counter()
    for row in rows(tables, "erp.purchase_orders"):
        if not row["received"]:
            owed[row["item"]] += int(row["quantity"])
    assert +counted == owed
    assert owed


def test_finance_and_the_crm_agree_on_the_euro(world: World, tables: dict[str, pa.Table]) -> None:
    finance_rates = {
        row["date"]: float(row["rate"]) for row in rows(tables, "finance.exchange_rates") if row["currency"] == "EUR"
    }
    crm = next(made for made in catalogue.versions(world) if made.name == "DatedConversionRate")
    both = [row for row in crm.build(np.arange(len(crm.record))).to_pylist() if row["StartDate"] in finance_rates]
    assert len(both) > 100
    for row in both:
        assert finance_rates[row["StartDate"]] * float(row["ConversionRate"]) == pytest.approx(1, abs=1e-5)


def test_every_scope_has_a_target_for_each_month_of_the_history_and_fifteen_ahead(
    world: World, tables: dict[str, pa.Table]
) -> None:
    given = {(row["scope"], row["period"]) for row in rows(tables, "finance.targets")}
    first = np.datetime64(world.span.first, "D").astype("datetime64[M]")
    months = [str(first + ahead) for ahead in range(24 + 15)]
    for scope in ("company", "segment:smb", "segment:mid_market", "segment:enterprise"):
        assert {(scope, month) for month in months} <= given
        assert sum(period.count("-Q") for of, period in given if of == scope) >= 11
    assert {row["version"] for row in rows(tables, "finance.targets")} == {"1", "2"}


@pytest.mark.parametrize("seed", [1, 7])
def test_the_company_means_to_book_more_than_it_does(seed: int) -> None:
    world = invent(0.1, seed, THROUGH)
    deals = world.deals
    year = day_number(dt.date(2025, 11, 1))
    won = np.flatnonzero((deals.outcome == WON) & ~deals.deleted & ~deals.amount_missing & (deals.close_day >= year))
    dollars = np.where(
        deals.currency[won] == EUR, deals.cents[won] * world.rates.on(deals.close_day[won]) // 10_000, deals.cents[won]
    )
    months = {str(np.datetime64("2025-11") + ahead) for ahead in range(12)}
    aim = sum(
        float(row["amount"])
        for row in finance.versions(world)[1].build(np.arange(len(finance.versions(world)[1].record))).to_pylist()
        if row["scope"] == "company" and row["version"] == "1" and row["period"] in months
    )
    assert 1.05 < aim / (int(dollars.sum()) / 100) < 1.2


@pytest.mark.parametrize("name", ["support.tickets", "erp.purchase_orders", "hr.training"])
def test_what_ends_is_shown_open_first(world: World, name: str) -> None:
    ends = {"support.tickets": "closed", "erp.purchase_orders": "received", "hr.training": "completed"}[name]
    made = objects(world)[name]
    end = made.build(np.arange(len(made.record))).column(ends).to_pylist()
    counts = Counter(made.record.tolist())
    assert set(counts.values()) == {1, 2}
    for place, record in enumerate(made.record.tolist()):
        is_later = place > 0 and made.record[place - 1] == record
        assert bool(end[place]) == is_later
        assert not is_later or made.seen[place] >= made.seen[place - 1]


@pytest.mark.parametrize("name", COLUMNS)
def test_the_final_state_does_not_depend_on_the_exports(world: World, tables: dict[str, pa.Table], name: str) -> None:
    made = objects(world)[name]
    state: dict[int, int] = {}
    cuts = [world.span.last - back for back in (500, 90, 7, 0)]
    for after, until in zip([None, *cuts], cuts, strict=False):
        for place in archive.carried(made, after, until).tolist():
            state[int(made.record[place])] = place
    assert made.build(np.sort(np.array(list(state.values()), dtype=np.int64))).equals(tables[name])


def test_slips_are_what_the_rows_show_and_few(tables: dict[str, pa.Table], truth: dict[tuple[str, str], list[str]]) -> None:
    lines, counts, orders = (rows(tables, f"erp.{name}") for name in ("sales_orders", "stock", "purchase_orders"))
    tickets, absences, channels = (rows(tables, name) for name in ("support.tickets", "hr.absences", "marketing.spend"))
    shown = {
        ("order_quantity_negative", "erp.sales_orders"): [
            f"{row['order']} {row['line']}" for row in lines if row["quantity"].startswith("-")
        ],
        ("order_without_item", "erp.sales_orders"): [f"{row['order']} {row['line']}" for row in lines if not row["item"]],
        ("stock_negative", "erp.stock"): [
            f"{row['item']} {row['location']} {row['date']}" for row in counts if row["on_hand"].startswith("-")
        ],
        ("received_before_ordered", "erp.purchase_orders"): [
            row["order"] for row in orders if "" < row["received"] < row["ordered"]
        ],
        ("ticket_closed_before_created", "support.tickets"): [
            row["id"] for row in tickets if "" < row["closed"] < row["created"]
        ],
        ("handle_minutes_negative", "support.tickets"): [row["id"] for row in tickets if row["handle_minutes"].startswith("-")],
        ("csat_out_of_range", "support.tickets"): [row["id"] for row in tickets if int(row["csat"] or 1) > 5],
        ("priority_misspelt", "support.tickets"): [
            row["id"] for row in tickets if row["priority"] not in ("low", "normal", "high", "urgent")
        ],
        ("end_before_start", "hr.absences"): [
            f"{row['employee_id']} {row['from']}" for row in absences if row["to"] < row["from"]
        ],
        ("type_misspelt", "hr.absences"): [
            f"{row['employee_id']} {row['from']}"
            for row in absences
            if row["type"] not in ("vacation", "sick", "parental", "training")
        ],
        ("channel_misspelt", "marketing.spend"): sorted(
            {
                f"{row['campaign']} {row['date']}"
                for row in channels
                if row["channel"] not in ("search", "social", "events", "e-mail", "partners")
            }
        ),
    }
    for rule, names in shown.items():
        assert sorted(names) == sorted(truth[rule]), rule
        assert 1 <= len(names) <= max(MOST_WRONG * tables[rule[1]].num_rows, 1), rule


def test_tickets_come_by_day_on_weekdays(tables: dict[str, pa.Table]) -> None:
    created = tables["support.tickets"].column("created")
    hours = Counter(text[11:13] for text in created.to_pylist())
    assert sum(hours[f"{hour:02}"] for hour in range(8, 18)) > 0.75 * sum(hours.values())
    weekdays = Counter(dt.date.fromisoformat(text[:10]).weekday() for text in created.to_pylist())
    assert min(weekdays[day] for day in range(5)) > 3 * max(weekdays[5], weekdays[6])
    assert len(set(tables["support.tickets"].column("queue").to_pylist())) == 3


def test_some_items_are_ordered_in_few_weeks_only() -> None:
    tables = final(invent(0.3, 1, THROUGH))
    weeks: dict[str, set[int]] = defaultdict(set)
    for row in rows(tables, "erp.sales_orders"):
        weeks[row["item"]].add(day_number(dt.date.fromisoformat(row["date"])) // 7)
    counts = [len(each) for each in weeks.values()]
    assert min(counts) <= 10
    assert max(counts) > 60
