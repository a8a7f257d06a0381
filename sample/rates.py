"""What a euro is worth in US dollars: a rate for each day, moving slowly.

The CRM's dated rates and finance's rates both come from here, so that they agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample.draws import Ints, Stream
from sample.moments import Span

CURRENCIES = ("USD", "EUR")
USD, EUR = range(len(CURRENCIES))
# Ten thousandths of a dollar for a euro: where it begins, the widest step in a week, and how far it ever goes.
_BEGIN, _STEP, _LOW, _HIGH = 10_800, 90, 10_200, 11_700


@dataclass(frozen=True)
class Rates:
    """One rate for each day from `first_day` on, in ten thousandths of a US dollar for one euro."""

    first_day: int
    dollars_per_euro: Ints

    def on(self, days: Ints) -> Ints:
        """The rate of each day; days outside take the nearest one known."""
        place = np.clip(days - self.first_day, 0, len(self.dollars_per_euro) - 1)
        return np.asarray(self.dollars_per_euro[place])


def draw(seed: int, span: Span) -> Rates:
    """A rate that changes every Monday and stays between its bounds."""
    stream = Stream(seed, "exchange rates")
    first = span.first - 31
    weeks = (span.last - first) // 7 + 2
    steps = stream.between(-_STEP, _STEP, weeks)
    level = _BEGIN + np.cumsum(steps)
    # Reflected at its bounds, so that no company's euro runs away.
    width = _HIGH - _LOW
    turned = (level - _LOW) % (2 * width)
    weekly = _LOW + np.minimum(turned, 2 * width - turned)
    days = np.arange(first, span.last + 1, dtype=np.int64)
    return Rates(first_day=first, dollars_per_euro=weekly[(days + 3) // 7 - (first + 3) // 7])
