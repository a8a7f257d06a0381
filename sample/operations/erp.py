"""What the ERP keeps of goods: items, customers' orders, stock and orders to suppliers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from sample import cells, companies
from sample.archive import Versions
from sample.draws import Flags, Ints, Stream
from sample.moments import OFFICE_WEEK
from sample.ready import ready
from sample.slips import some
from sample.truth import Defects
from sample.world import World

_ITEMS, _LINES = 60, 20_000  # at scale 1
FAMILIES = ("Sensor", "Gateway", "Mount", "Cable", "Spare part")
SUPPLIERS = ("Nordwind Components", "Hai Phong Metals", "Lakeside Plastics", "Adler Electronics")
LOCATIONS = ("Rotterdam", "Columbus")
_UNITS = (1, 1, 2, 10, 5)  # most units of one order line, by family
_CENTS = (12_900, 39_900, 2_400, 900, 6_500)
_STOCK_WEEKS = 26
_LUMPY_SHARE, _LUMPY_WEEKS = 0.2, 9
_NEGATIVE, _WITHOUT_ITEM = 0.004, 0.003
_BELOW_NOTHING, _BEFORE_ORDERED = 0.002, 0.004


@dataclass(frozen=True)
class Goods:
    """One entry per item. Costs and prices in cents, lead times in days; `lumpy` items are ordered in a few weeks only."""

    family: Ints
    supplier: Ints
    cost: Ints
    price: Ints
    lead_days: Ints
    moq: Ints
    shelf_days: Ints
    lumpy: Flags
    popularity: Ints

    @property
    def count(self) -> int:
        """All items."""
        return len(self.family)

    def codes(self, which: Ints) -> pa.StringArray:
        """Item numbers."""
        return cells.joined("IT-", cells.digits(which + 1, 4))


def goods(world: World) -> Goods:
    """The items; their number grows more slowly than the orders."""
    stream = Stream(world.seed, "items")
    n = max(8, round(_ITEMS * min(world.scale, 1.0) ** 0.5))
    family = np.arange(n, dtype=np.int64) % len(FAMILIES)
    price = np.array(_CENTS)[family] * stream.between(60, 180, n) // 100
    return Goods(
        family=family,
        supplier=stream.below(len(SUPPLIERS), n),
        cost=price * stream.between(38, 62, n) // 100,
        price=price,
        lead_days=stream.between(7, 45, n),
        moq=stream.between(1, 8, n) * 10,
        shelf_days=np.where(stream.chance(0.2, n), 365, 0),
        lumpy=(family == len(FAMILIES) - 1) & stream.chance(5 * _LUMPY_SHARE, n),
        popularity=1000 // (np.arange(n, dtype=np.int64) + 3),
    )


def versions(world: World) -> list[Versions]:
    """Items, sales orders, stock and purchase orders."""
    items = goods(world)
    return [_items(world, items), _sales_orders(world, items), _stock(world, items), _purchase_orders(world, items)]


def _items(world: World, items: Goods) -> Versions:
    every = np.arange(items.count, dtype=np.int64)
    columns = {
        "item": items.codes(every),
        "name": cells.joined(cells.words(FAMILIES, items.family), " ", cells.digits(every + 1, 3)),
        "family": cells.words(FAMILIES, items.family),
        "unit_cost": cells.money(items.cost),
        "list_price": cells.money(items.price),
        "lead_time_days": cells.integers(items.lead_days),
        "moq": cells.integers(items.moq),
        "supplier": cells.words(SUPPLIERS, items.supplier),
        "shelf_life_days": cells.integers(items.shelf_days, items.shelf_days > 0),
    }
    return ready("erp", "items", np.full(items.count, world.span.first), columns)


@dataclass(frozen=True)
class _Lines:
    order: Ints
    line: Ints
    item: Ints
    account: Ints
    quantity: Ints
    day: Ints
    negative: Flags
    without_item: Flags


def _lines(world: World, items: Goods) -> _Lines:
    """Order lines by day; a lumpy item's all fall into a few weeks."""
    stream = Stream(world.seed, "sales orders")
    n = max(240, round(_LINES * world.scale))
    day = world.span.created(stream, n, OFFICE_WEEK)
    item = stream.pick(items.popularity, n)
    weeks = stream.between(0, (world.span.last - world.span.first) // 7 - 1, items.count * _LUMPY_WEEKS)
    bulk = world.span.first + 7 * weeks.reshape(items.count, _LUMPY_WEEKS)[item, stream.below(_LUMPY_WEEKS, n)]
    day = np.where(items.lumpy[item], bulk + stream.below(5, n), day)
    order = np.argsort(day, kind="stable")
    day, item = day[order], item[order]
    # An order has up to four lines of one day and one customer.
    starts = stream.chance(0.45, n) | (np.diff(day, prepend=-1) != 0)
    number = np.cumsum(starts)
    first = np.flatnonzero(starts)
    account = stream.below(world.book.originals, n)[first][number - 1]
    most = np.array(_UNITS)[items.family[item]]
    every = np.ones(n, dtype=bool)
    return _Lines(
        order=number,
        line=np.arange(n, dtype=np.int64) - first[number - 1] + 1,
        item=item,
        account=account,
        quantity=1 + stream.below(most * 2, n),
        day=day,
        negative=some(stream, _NEGATIVE, every),
        without_item=some(stream, _WITHOUT_ITEM, every),
    )


def _sales_orders(world: World, items: Goods) -> Versions:
    lines = _lines(world, items)
    columns = {
        "order": _order_numbers("SO", lines.order),
        "line": cells.integers(lines.line),
        "account": companies.names(world.market, world.book.company[lines.account]),
        "item": cells.where(~lines.without_item, items.codes(lines.item)),
        "quantity": cells.integers(np.where(lines.negative, -lines.quantity, lines.quantity)),
        "price": cells.money(items.price[lines.item]),
        "date": cells.dates(lines.day),
    }
    return ready("erp", "sales_orders", lines.day, columns)


@dataclass(frozen=True)
class _Counts:
    """One entry per item, place and week; `negative` marks slips: less than nothing on hand."""

    item: Ints
    place: Ints
    day: Ints
    negative: Flags


def _counts(world: World, items: Goods) -> _Counts:
    """A count of every item and place at the end of each of the last weeks."""
    span, places = world.span, len(LOCATIONS)
    days = np.arange(span.last - 7 * (_STOCK_WEEKS - 1), span.last + 1, 7, dtype=np.int64)
    n = len(days) * items.count * places
    which = np.arange(n, dtype=np.int64)
    negative = some(Stream(world.seed, "stock slips"), _BELOW_NOTHING, np.ones(n, dtype=bool))
    return _Counts(which // places % items.count, which % places, days[which // (items.count * places)], negative)


def _stock(world: World, items: Goods) -> Versions:
    counts = _counts(world, items)
    item, n = counts.item, len(counts.item)
    stream = Stream(world.seed, "stock")
    weekly = _weekly_units(world, items)[item] // len(LOCATIONS) + 1
    on_hand = weekly * stream.between(5, 80, n) // 10
    reserved = weekly * stream.below(8, n) // 10
    columns = {
        "item": items.codes(item),
        "location": cells.words(LOCATIONS, counts.place),
        "date": cells.dates(counts.day),
        "on_hand": cells.integers(np.where(counts.negative, -1 - on_hand, on_hand)),
        "on_order": cells.integers(_on_order(world, items, counts)),
        "reserved": cells.integers(reserved),
    }
    return ready("erp", "stock", counts.day, columns)


def _on_order(world: World, items: Goods, counts: _Counts) -> Ints:
    """Units on their way to the place of each count on its day; a supplier's orders go to the places in turn."""
    orders, places = _purchases(world, items), len(LOCATIONS)
    shelf = orders.item * places + np.arange(len(orders.item), dtype=np.int64) % places
    units = np.zeros(len(counts.item), dtype=np.int64)
    for day in np.unique(counts.day).tolist():
        under_way = np.flatnonzero((orders.ordered <= day) & (orders.received > day))
        by_shelf = np.zeros(items.count * places, dtype=np.int64)
        np.add.at(by_shelf, shelf[under_way], orders.quantity[under_way])
        today = counts.day == day
        units[today] = by_shelf[counts.item[today] * places + counts.place[today]]
    return units


def _weekly_units(world: World, items: Goods) -> Ints:
    lines = _lines(world, items)
    units = np.zeros(items.count, dtype=np.int64)
    np.add.at(units, lines.item, lines.quantity)
    return units * 7 // (world.span.last - world.span.first + 1)


@dataclass(frozen=True)
class _Purchases:
    """One entry per order to a supplier; `backwards` marks slips: received before it was ordered."""

    item: Ints
    ordered: Ints
    promised: Ints
    received: Ints
    quantity: Ints
    backwards: Flags


def _purchases(world: World, items: Goods) -> _Purchases:
    """About one order of each item a month."""
    stream, span = Stream(world.seed, "purchase orders"), world.span
    per_item = (span.last - span.first) // 30 + 1
    item = np.repeat(np.arange(items.count, dtype=np.int64), per_item)
    ordered = span.first + 30 * (np.arange(len(item), dtype=np.int64) % per_item) + stream.below(20, len(item))
    item, ordered = item[ordered <= span.last], ordered[ordered <= span.last]
    n = len(item)
    promised = ordered + items.lead_days[item]
    received = np.maximum(promised + stream.between(-3, 9, n), ordered + 1)
    quantity = items.moq[item] * (1 + stream.below(4, n))
    return _Purchases(item, ordered, promised, received, quantity, some(stream, _BEFORE_ORDERED, received <= span.last))


def _purchase_orders(world: World, items: Goods) -> Versions:
    """Orders to suppliers, shown when they are placed and again when the goods have come."""
    orders = _purchases(world, items)
    came = np.flatnonzero(orders.received <= world.span.last)
    n = len(orders.item)
    record = np.concatenate([np.arange(n, dtype=np.int64), came])
    is_here = np.concatenate([np.zeros(n, dtype=bool), np.ones(len(came), dtype=bool)])
    order = np.lexsort((is_here, record))
    record, is_here = record[order], is_here[order]
    received = np.where(orders.backwards, orders.ordered - 7, orders.received)
    columns = {
        "order": _order_numbers("PO", record + 1),
        "item": items.codes(orders.item[record]),
        "supplier": cells.words(SUPPLIERS, items.supplier[orders.item[record]]),
        "ordered": cells.dates(orders.ordered[record]),
        "promised": cells.dates(orders.promised[record]),
        "received": cells.dates(received[record], is_here),
        "quantity": cells.integers(orders.quantity[record]),
    }
    seen = np.where(is_here, orders.received[record], orders.ordered[record])
    return ready("erp", "purchase_orders", seen, columns, record=record)


def _order_numbers(kind: str, number: Ints) -> pa.StringArray:
    return cells.joined(f"{kind}-", cells.digits(number, 7))


def defects(world: World) -> list[Defects]:
    """Order lines that take back goods or name no item, counts below nothing, goods that came before they were ordered."""
    items = goods(world)
    lines, counts = _lines(world, items), _counts(world, items)
    lines_named = cells.joined(_order_numbers("SO", lines.order), " ", cells.integers(lines.line))
    counts_named = cells.joined(
        items.codes(counts.item), " ", cells.words(LOCATIONS, counts.place), " ", cells.dates(counts.day)
    )
    early = np.flatnonzero(_purchases(world, items).backwards)
    return [
        Defects("order_quantity_negative", "erp.sales_orders", cells.words(lines_named, np.flatnonzero(lines.negative))),
        Defects("order_without_item", "erp.sales_orders", cells.words(lines_named, np.flatnonzero(lines.without_item))),
        Defects("stock_negative", "erp.stock", cells.words(counts_named, np.flatnonzero(counts.negative))),
        Defects("received_before_ordered", "erp.purchase_orders", _order_numbers("PO", early + 1)),
    ]
