"""The catalogue, and the lines of the deals that list their products.

A deal's amount is exactly the sum of its lines: quantity x unit price less discount, with prices that stay whole cents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample.draws import Floats, Ints, Stream

# (name, code, family, unit, list price in US dollars)
CATALOGUE = (
    ("GTX Starter", "PLT-10", "Platform", "Licence", 300),
    ("GTX Team", "PLT-20", "Platform", "Licence", 900),
    ("GTX Enterprise", "PLT-30", "Platform", "Licence", 2400),
    ("Analytics Add-on", "ADD-10", "Add-on", "Licence", 400),
    ("Forecast Add-on", "ADD-20", "Add-on", "Licence", 600),
    ("Connector Pack", "ADD-30", "Add-on", "Each", 1200),
    ("Mobile Add-on", "ADD-40", "Add-on", "Licence", 200),
    ("Onboarding", "SVC-10", "Services", "Day", 1400),
    ("Consulting", "SVC-20", "Services", "Day", 1800),
    ("Training", "SVC-30", "Services", "Day", 1100),
    ("Standard Support", "SUP-10", "Support", "Year", 700),
    ("Premium Support", "SUP-20", "Support", "Year", 2000),
    ("GTX Classic", "PLT-00", "Platform", "Licence", 500),
)
RETIRED = 12
# Whole euros for a price in whole dollars of hundreds.
_EURO_PERCENT = 90
_LINE_COUNTS = (55, 30, 15)
_DISCOUNTS = (0, 5, 10, 15, 20)
_DISCOUNT_WEIGHTS = (50, 14, 20, 8, 8)


@dataclass(frozen=True)
class Lines:
    """One entry per line, ordered by deal."""

    deal: Ints
    product: Ints
    quantity: Ints
    unit_cents: Ints
    discount: Ints
    total_cents: Ints


def list_prices() -> Ints:
    """Whole list prices by currency (row, as in `rates.CURRENCIES`) and product."""
    dollars = np.array([entry[4] for entry in CATALOGUE], dtype=np.int64)
    return np.stack([dollars, dollars * _EURO_PERCENT // 100])


def price(stream: Stream, deals: Ints, segment: Ints, currency: Ints, worth: Floats) -> Lines:
    """One to three lines for each deal, worth about `worth` of its currency together; the first is the segment's platform."""
    counts = 1 + stream.pick(_LINE_COUNTS, len(deals))
    row = np.repeat(np.arange(len(deals), dtype=np.int64), counts)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    place = np.arange(len(row), dtype=np.int64) - starts[row]
    n = len(row)
    # Places 1 and 2 take from two halves of the rest of the catalogue, so that no product is listed twice.
    product = np.where(place == 0, segment[row], np.where(place == 1, 3 + stream.below(4, n), 7 + stream.below(5, n)))
    share = np.where(place == 0, np.where(counts[row] == 1, 1.0, 0.75), 0.15)
    listed = list_prices()[currency[row], product]
    quantity = np.maximum((worth[row] * share / listed + 0.5).astype(np.int64), 1)
    # Some reps write a lower price instead of a discount.
    unit_percent = np.where(stream.chance(0.12, n), 90, 100)
    discount = np.where(unit_percent < 100, 0, np.array(_DISCOUNTS)[stream.pick(_DISCOUNT_WEIGHTS, n)])
    unit_cents = listed * unit_percent
    return Lines(deals[row], product, quantity, unit_cents, discount, quantity * unit_cents * (100 - discount) // 100)


def totals(lines: Lines, deals: int) -> Ints:
    """The sum of the lines of each deal, in cents; 0 for deals without lines."""
    out = np.zeros(deals, dtype=np.int64)
    np.add.at(out, lines.deal, lines.total_cents)
    return out
