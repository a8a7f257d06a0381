"""Random draws that are the same on every machine.

Only PCG64's uniform numbers and single IEEE operations are used: no exp, log or pow on arrays and no floating-point sums, whose
last bit depends on the processor's vector unit; curves are tables of rounded constants. Orderings use stable sorts for the
same reason.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_KNOTS = 513


@cache
def lognormal(sigma: float) -> Floats:
    """Quantiles of a lognormal of median 1 at equally spaced probabilities, cut at 0.2 % and 99.8 %."""
    normal = NormalDist()
    levels = [0.002 + 0.996 * knot / (_KNOTS - 1) for knot in range(_KNOTS)]
    return np.array([round(math.exp(sigma * normal.inv_cdf(level)), 9) for level in levels], dtype=np.float64)


class Stream:
    """One independent sequence of draws, named so that a change in one part of the company leaves the others as they are."""

    def __init__(self, seed: int, name: str, part: int = 0) -> None:
        entropy = np.random.SeedSequence([seed, zlib.crc32(name.encode()), part])
        self._generator = np.random.Generator(np.random.PCG64(entropy))

    def unit(self, n: int) -> Floats:
        """`n` numbers in [0, 1)."""
        return self._generator.random(n)

    def below(self, high: int | Ints, n: int) -> Ints:
        """`n` integers in [0, high); `high` may differ by element, and where it is 0 so is the result."""
        return (self.unit(n) * high).astype(np.int64)

    def between(self, low: int, high: int, n: int) -> Ints:
        """`n` integers in [low, high]."""
        return low + self.below(high - low + 1, n)

    def chance(self, p: float | Floats, n: int) -> Flags:
        """`n` flags that are true with probability `p`."""
        return self.unit(n) < p

    def pick(self, weights: Sequence[int] | Ints, n: int) -> Ints:
        """`n` positions in `weights`, each as likely as its whole-number weight says."""
        cumulative = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(cumulative, self.below(int(cumulative[-1]), n), side="right").astype(np.int64)

    def spread(self, table: Floats, n: int) -> Floats:
        """`n` numbers from the distribution whose equally spaced quantiles are `table`."""
        place = self.unit(n) * (len(table) - 1)
        knot = place.astype(np.int64)
        left = table[knot]
        rise = table[knot + 1] - left
        return left + rise * (place - knot)

    def sample(self, candidates: Ints, count: int) -> Ints:
        """`count` different ones of `candidates` (all of them if there are fewer), in ascending order."""
        order = np.argsort(self.unit(len(candidates)), kind="stable")
        return np.sort(candidates[order[:count]], kind="stable")


class Pools:
    """Weighted draws from many small groups at once: row of a weight matrix -> column.

    Args:
        weights: groups x members, whole numbers; 0 = not a member. A group without members may not be drawn from.
    """

    def __init__(self, weights: Ints) -> None:
        rows = np.cumsum(weights, axis=1)
        self._totals = rows[:, -1]
        self._starts = np.concatenate([[0], np.cumsum(self._totals)[:-1]])
        self._flat = (rows + self._starts[:, None]).ravel()
        self._members = weights.shape[1]

    def draw(self, stream: Stream, group: Ints) -> Ints:
        """One member for each entry of `group`."""
        target = self._starts[group] + stream.below(self._totals[group], len(group))
        return np.asarray(np.searchsorted(self._flat, target, side="right") - group * self._members)
