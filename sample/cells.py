"""Columns of text made whole arrays at a time: numbers, dates, flags and words to Arrow strings.

An empty string is the empty cell: exports have no other null.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sample.draws import Flags, Ints

_DAY = 86_400


def fixed(characters: NDArray[np.uint8], valid: Flags | None = None) -> pa.StringArray:
    """Rows of bytes as strings of that width; rows that are not `valid` as empty strings."""
    n, width = characters.shape
    if valid is None:
        offsets = np.arange(n + 1, dtype=np.int32) * np.int32(width)
    else:
        characters = characters[valid]
        offsets = np.zeros(n + 1, dtype=np.int32)
        np.cumsum(valid * width, out=offsets[1:])
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(characters)))


def blank(n: int) -> pa.StringArray:
    """`n` empty cells."""
    return fixed(np.empty((n, 0), dtype=np.uint8))


def same(value: str, n: int) -> pa.StringArray:
    """`n` times one value."""
    return pa.array([value]).take(pa.array(np.zeros(n, dtype=np.int64)))


def words(choices: Sequence[str] | pa.StringArray, which: Ints) -> pa.StringArray:
    """The chosen words; a negative choice is an empty cell."""
    table = choices if isinstance(choices, pa.StringArray) else pa.array(choices, pa.string())
    if len(which) and which.min() < 0:
        table = pa.concat_arrays([table, pa.array([""], pa.string())])
        which = np.where(which < 0, len(table) - 1, which)
    return table.take(pa.array(which))


def where(keep: Flags, text: pa.StringArray) -> pa.StringArray:
    """`text` where `keep`, else empty cells."""
    return words(text, np.where(keep, np.arange(len(text)), -1))


def chosen(first: Flags, one: pa.StringArray, other: pa.StringArray) -> pa.StringArray:
    """The cells of `one` where `first`, else those of `other`."""
    # Taking from both at once is several times faster than Arrow's if_else on text.
    places = np.arange(len(one))
    return pa.concat_arrays([one, other]).take(pa.array(np.where(first, places, places + len(one))))


def flags(values: Flags) -> pa.StringArray:
    """true and false, as Salesforce writes them."""
    return words(("false", "true"), values.astype(np.int64))


def joined(*parts: pa.StringArray | str) -> pa.StringArray:
    """The parts one after another."""
    return pc.binary_join_element_wise(*parts, "")


def integers(values: Ints, valid: Flags | None = None) -> pa.StringArray:
    """Whole numbers; empty where not `valid`."""
    text = pa.array(values).cast(pa.string())
    return text if valid is None else where(valid, text)


def digits(values: Ints, width: int) -> pa.StringArray:
    """The last `width` digits of each number, with leading zeros."""
    out = np.empty((len(values), width), dtype=np.uint8)
    rest = values
    for place in range(width - 1, -1, -1):
        rest, digit = np.divmod(rest, 10)
        out[:, place] = digit + ord("0")
    return fixed(out)


def money(cents: Ints, valid: Flags | None = None) -> pa.StringArray:
    """Amounts of 0 or more with two decimals; empty where not `valid`."""
    whole, rest = np.divmod(cents, 100)
    text = joined(pa.array(whole).cast(pa.string()), ".", digits(rest, 2))
    return text if valid is None else where(valid, text)


def dates(days: Ints, valid: Flags | None = None) -> pa.StringArray:
    """Days since 1970-01-01 as YYYY-MM-DD; empty where not `valid`."""
    return fixed(_date_bytes(days, valid), valid)


def timestamps(seconds: Ints, valid: Flags | None = None) -> pa.StringArray:
    """Seconds since 1970-01-01 UTC as 2026-03-01T14:05:00.000Z; empty where not `valid`."""
    if valid is not None:
        seconds = np.where(valid, seconds, 0)
    day, second = np.divmod(seconds, _DAY)
    out = np.empty((len(seconds), 24), dtype=np.uint8)
    out[:, :10] = _date_bytes(day, valid)
    out[:, 10] = ord("T")
    out[:, 11:19] = _clock_bytes().take(second, axis=0)
    out[:, 19:] = np.frombuffer(b".000Z", dtype=np.uint8)
    return fixed(out, valid)


@cache
def _clock_bytes() -> NDArray[np.uint8]:
    seconds = np.arange(_DAY)
    out = np.full((_DAY, 8), ord(":"), dtype=np.uint8)
    for place, value in ((0, seconds // 3600), (3, seconds // 60 % 60), (6, seconds % 60)):
        out[:, place] = value // 10 + ord("0")
        out[:, place + 1] = value % 10 + ord("0")
    return out


def _date_bytes(days: Ints, valid: Flags | None) -> NDArray[np.uint8]:
    if not len(days):
        return np.empty((0, 10), dtype=np.uint8)
    known = days if valid is None else days[valid]
    if not len(known):
        return np.zeros((len(days), 10), dtype=np.uint8)
    first, last = int(known.min()), int(known.max())
    calendar = np.arange(first, last + 1).astype("datetime64[D]").astype("S10")
    table = calendar.view(np.uint8).reshape(-1, 10)
    return np.asarray(table.take(np.clip(days, first, last) - first, axis=0))
