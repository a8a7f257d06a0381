"""What the ERP keeps of making and selling goods: bills of material, routings, resources, promotions and price changes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells
from sample.archive import Versions
from sample.draws import Ints, Stream
from sample.operations.erp import FAMILIES, Goods, goods
from sample.people import SEGMENTS
from sample.ready import ready
from sample.truth import Defects
from sample.world import World

# name, hours a week, efficiency in percent
_RESOURCES = (("Assembly line 1", 80, 85), ("Assembly line 2", 80, 78), ("Test bench", 60, 90), ("Packing", 120, 92))
_PROMOTIONS, _BACKWARDS = 8, 3
# A part that the first item is made of and that nobody has heard of.
_UNKNOWN_PART = "IT-9O01"


def versions(world: World) -> list[Versions]:
    """Every object of this module."""
    items = goods(world)
    return [
        _bom(world, items), _resources(world), _routings(world, items), _promotions(world, items), _prices(world, items),
    ]  # fmt: skip


def _bom(world: World, items: Goods) -> Versions:
    """Sensors and gateways are made of mounts, cables and spare parts."""
    made = np.flatnonzero(items.family < 2)
    parts = np.flatnonzero(items.family >= 2)
    stream = Stream(world.seed, "bill of material")
    item = np.repeat(made, 3)
    component = (parts[stream.below(len(parts), len(made))][:, None] + len(FAMILIES) * np.arange(3)).ravel() % items.count
    component = np.where(items.family[component] >= 2, component, parts[0])
    key = item * items.count + component
    _, first = np.unique(key, return_index=True)
    item = np.concatenate([made[:1], item[first]])
    named = pa.concat_arrays([cells.same(_UNKNOWN_PART, 1), items.codes(component[first])])
    columns = {
        "item": items.codes(item),
        "component": named,
        "quantity": cells.integers(1 + stream.below(4, len(item))),
    }
    return ready("erp", "bom", np.full(len(item), world.span.first), columns)


def _resources(world: World) -> Versions:
    n = len(_RESOURCES)
    columns = {
        "resource": cells.words([name for name, _, _ in _RESOURCES], np.arange(n)),
        "kind": cells.same("machine", n),
        "hours_per_week": cells.integers(np.array([hours for _, hours, _ in _RESOURCES])),
        "efficiency": cells.integers(np.array([share for _, _, share in _RESOURCES])),
    }
    return ready("erp", "resources", np.full(n, world.span.first), columns)


def _routings(world: World, items: Goods) -> Versions:
    """What is made takes an assembly line, the test bench and packing."""
    made = np.flatnonzero(items.family < 2)
    item = np.repeat(made, 3)
    step = np.tile(np.arange(3, dtype=np.int64), len(made))
    resource = np.where(step == 0, item % 2, step + 1)
    minutes = np.array([18, 9, 4])[step] + item % 7
    columns = {
        "item": items.codes(item),
        "resource": cells.words([name for name, _, _ in _RESOURCES], resource),
        "hours_each": cells.money(minutes * 100 // 60),
    }
    return ready("erp", "routings", np.full(len(item), world.span.first), columns)


def _promotions(world: World, items: Goods) -> Versions:
    stream, n = Stream(world.seed, "promotions"), _PROMOTIONS
    start = np.sort(world.span.first + stream.below(world.span.last - world.span.first - 20, n))
    first = stream.below(items.count - 1, n)
    columns = {
        "id": _promotion_ids(np.arange(n, dtype=np.int64)),
        "items": cells.joined(items.codes(first), ";", items.codes(first + 1)),
        "segment": cells.words(SEGMENTS, stream.below(len(SEGMENTS), n)),
        "from": cells.dates(start),
        "to": cells.dates(np.where(np.arange(n) == _BACKWARDS, start - 14, start + 14)),
        "discount": cells.integers(5 * stream.between(1, 5, n)),
        "cost": cells.money(stream.between(5, 30, n) * 100_000),
        "currency": cells.same("USD", n),
    }
    return ready("erp", "promotions", start, columns)


def _promotion_ids(which: Ints) -> pa.StringArray:
    return cells.joined("PR-", cells.digits(which + 1, 3))


def _prices(world: World, items: Goods) -> Versions:
    """Each item's price at the beginning, and after a rise a year later."""
    item = np.tile(np.arange(items.count, dtype=np.int64), 2)
    raised = np.repeat([False, True], items.count)
    day = np.where(raised, world.span.first + 365, world.span.first)
    columns = {
        "item": items.codes(item),
        "from": cells.dates(day),
        "list_price": cells.money(np.where(raised, items.price[item], items.price[item] * 96 // 100)),
        "currency": cells.same("USD", len(item)),
    }
    return ready("erp", "price_history", day, columns)


def defects(world: World) -> list[Defects]:
    """A part of no item, a promotion that ends before it begins."""
    return [
        Defects("component_unknown", "erp.bom", goods(world).codes(np.zeros(1, dtype=np.int64)), _UNKNOWN_PART),
        Defects("end_before_start", "erp.promotions", _promotion_ids(np.array([_BACKWARDS], dtype=np.int64))),
    ]
