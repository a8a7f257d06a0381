"""The price lists: Product2, PricebookEntry and DatedConversionRate."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sample import cells
from sample.archive import Versions, crm
from sample.draws import Ints
from sample.ids import IdSpace
from sample.moments import weekday
from sample.products import CATALOGUE, RETIRED, list_prices
from sample.rates import CURRENCIES, EUR
from sample.world import World


def versions(world: World) -> list[Versions]:
    """Every object of this module."""
    first = world.span.first
    products = np.arange(len(CATALOGUE), dtype=np.int64)
    entries = np.arange(list_prices().size, dtype=np.int64)
    return [
        crm("Product2", products, np.full(len(products), first), _products),
        crm("PricebookEntry", entries, np.full(len(entries), first), _entries),
        _conversion_rates(world),
    ]


def _products(which: Ints) -> pa.Table:
    return pa.table(
        {
            "Id": IdSpace("Product2", len(CATALOGUE)).of(which),
            "Name": cells.words([product[0] for product in CATALOGUE], which),
            "ProductCode": cells.words([product[1] for product in CATALOGUE], which),
            "Family": cells.words([product[2] for product in CATALOGUE], which),
            "QuantityUnitOfMeasure": cells.words([product[3] for product in CATALOGUE], which),
            "IsActive": cells.flags(which != RETIRED),
        }
    )


def _entries(which: Ints) -> pa.Table:
    currency, product = np.divmod(which, len(CATALOGUE))
    return pa.table(
        {
            "Id": IdSpace("PricebookEntry", list_prices().size).of(which),
            "Pricebook2Id": IdSpace("Pricebook2", 1).of(np.zeros(len(which), dtype=np.int64)),
            "Product2Id": IdSpace("Product2", len(CATALOGUE)).of(product),
            "UnitPrice": cells.money(list_prices()[currency, product] * 100),
            "CurrencyIsoCode": cells.words(CURRENCIES, currency),
            "IsActive": cells.flags(product != RETIRED),
        }
    )


def _conversion_rates(world: World) -> Versions:
    """One rate a week for the euro, as the CRM counts it: euros for one US dollar."""
    rates, span = world.rates, world.span
    days = np.arange(rates.first_day, span.last + 1, dtype=np.int64)
    starts = days[np.concatenate([[True], (days[1:] + 3) // 7 != (days[:-1] + 3) // 7])]
    # Six decimals of 10,000 / rate, rounded half up in whole numbers.
    tenths = rates.on(starts)
    millionths = (20_000_000_000 // tenths + 1) // 2

    def rows(which: Ints) -> pa.Table:
        whole, rest = np.divmod(millionths[which], 1_000_000)
        return pa.table(
            {
                "Id": IdSpace("DatedConversionRate", len(starts)).of(which),
                "IsoCode": cells.same(CURRENCIES[EUR], len(which)),
                "StartDate": cells.dates(starts[which]),
                "NextStartDate": cells.dates(starts[which] + 7 - weekday(starts[which])),
                "ConversionRate": cells.joined(cells.integers(whole), ".", cells.digits(rest, 6)),
            }
        )

    return crm("DatedConversionRate", np.arange(len(starts)), starts, rows)
