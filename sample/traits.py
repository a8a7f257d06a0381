"""Draws that belong to a record: its number and the name of the trait decide, whatever else is drawn and in whatever order.

So an export can make any rows alone, and a record says the same in every export. Numbers are mixed by SplitMix64 (Steele, Lea
and Flood, "Fast splittable pseudorandom number generators", 2014): whole-number arithmetic, the same on every machine.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np

from sample.draws import Flags, Floats, Ints, Stream

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
_TO_UNIT = float(2.0**-53)


@cache
def _place(seed: int, name: str) -> np.uint64:
    """Where the sequence of one trait begins."""
    words = np.random.SeedSequence([seed, zlib.crc32(name.encode())]).generate_state(1, np.uint64)
    return np.uint64(words[0])


class Traits:
    """The traits of one kind of record."""

    def __init__(self, seed: int, kind: str) -> None:
        self._seed, self._kind = seed, kind

    def unit(self, trait: str, records: Ints) -> Floats:
        """A number in [0, 1) for each record."""
        mixed = records.astype(np.uint64)
        mixed += np.uint64(1)
        mixed *= _GAMMA
        mixed += _place(self._seed, f"{self._kind}/{trait}")
        mixed ^= mixed >> _SHIFTS[0]
        mixed *= _FIRST
        mixed ^= mixed >> _SHIFTS[1]
        mixed *= _SECOND
        mixed ^= mixed >> _SHIFTS[2]
        return (mixed >> np.uint64(11)).astype(np.float64) * _TO_UNIT

    def below(self, trait: str, high: int | Ints, records: Ints) -> Ints:
        """An integer in [0, high) for each record."""
        return (self.unit(trait, records) * high).astype(np.int64)

    def between(self, trait: str, low: int, high: int, records: Ints) -> Ints:
        """An integer in [low, high] for each record."""
        return low + self.below(trait, high - low + 1, records)

    def chance(self, trait: str, p: float | Floats, records: Ints) -> Flags:
        """A flag for each record, true with probability `p`."""
        return self.unit(trait, records) < p

    def pick(self, trait: str, weights: Sequence[int], records: Ints) -> Ints:
        """A position in `weights` for each record, each as likely as its whole-number weight says."""
        cumulative = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(cumulative, self.below(trait, int(cumulative[-1]), records), side="right").astype(np.int64)

    def spread(self, trait: str, table: Floats, records: Ints) -> Floats:
        """A number for each record from the distribution whose equally spaced quantiles are `table`."""
        place = self.unit(trait, records) * (len(table) - 1)
        knot = place.astype(np.int64)
        left = table[knot]
        return left + (table[knot + 1] - left) * (place - knot)


class PrefixStream(Stream):
    """A stream whose calls each begin with the same numbers, however many are asked for."""

    def __init__(self, seed: int, name: str) -> None:
        self._traits = Traits(seed, name)
        self._calls = 0

    def unit(self, n: int) -> Floats:
        """`n` numbers in [0, 1)."""
        self._calls += 1
        return self._traits.unit(str(self._calls), np.arange(n, dtype=np.int64))
