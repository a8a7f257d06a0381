"""Exchange rates, as finance exports them: what one unit of a currency was worth in the reporting currency."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.end_to_end.oracle_inputs import Inputs
from tests.end_to_end.oracle_values import cents, day


class Rates:
    """A rate holds until the next one; the first one also before."""

    def __init__(self, inputs: Inputs) -> None:
        self.reporting = str(inputs.business.calendar["reporting_currency"])
        self._rates: dict[str, list[tuple[date, Fraction]]] = defaultdict(list)
        for row in inputs.export("finance/exchange_rates"):
            at = day(row["date"])
            if at is not None and row["rate"] is not None:
                self._rates[row["currency"]].append((at, Fraction(row["rate"])))
        for known in self._rates.values():
            known.sort()

    def on(self, currency: str | None, at: date) -> Fraction | None:
        """The rate of a day; None for a currency without any."""
        if currency is None or currency == self.reporting:
            return Fraction(1)
        known = self._rates.get(currency)
        if not known:
            return None
        return known[max(0, bisect_right(known, at, key=lambda entry: entry[0]) - 1)][1]

    def convert(self, amount: Decimal | None, currency: str | None, at: date) -> Decimal | None:
        """An amount in the reporting currency, in cents."""
        rate = self.on(currency, at)
        return None if amount is None or rate is None else cents(Fraction(amount) * rate)
