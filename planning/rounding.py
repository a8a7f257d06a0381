"""Rounding up to things that come whole: agents, hires, weeks, lots."""

from __future__ import annotations

import math

# A billionth of a person is the noise of floating-point arithmetic, not a need: 14 / (1 - 0.3) may come out above 20.
_NOISE = 1e-9


def whole_up(value: float) -> int:
    """The smallest whole number that is not below `value`, a billionth aside."""
    return math.ceil(value - _NOISE)
