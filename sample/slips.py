"""Slips of people who type: how many records have one, and which."""

from __future__ import annotations

import numpy as np

from sample.draws import Flags, Stream

# What people and tools write into a field that they have nothing for.
NOTHING = ("NULL", "n/a", "None", "-")


def some(stream: Stream, share: float, among: Flags) -> Flags:
    """Flags of that share of the records `among`, of at least one of them if there is any: small companies err too."""
    candidates = np.flatnonzero(among)
    out = np.zeros(len(among), dtype=bool)
    out[stream.sample(candidates, max(1, round(share * len(candidates))))] = True
    return out
