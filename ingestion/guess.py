"""What the texts of a column say about how it is written: day and month, decimal mark, signs, words for true.

Pure functions on texts. Only what a text excludes decides: 31/10/2026 cannot be month first, so the day is. Where nothing
is excluded, the guess says so and leaves the choice to a person.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A column is of a kind when this share of its cells is; the rest would be rejected, line by line.
ENOUGH = 0.9
ORDERS = {"dmy": ("%d", "%m", "%Y"), "mdy": ("%m", "%d", "%Y"), "ymd": ("%Y", "%m", "%d")}
_NUMERIC = re.compile(
    r"(?P<a>\d{1,4})(?P<mark>[./-])(?P<b>\d{1,2})(?P=mark)(?P<c>\d{1,4})"
    r"(?:(?P<gap>T|,? )(?P<hour>\d{1,2}):(?P<minute>\d{2})(?P<second>:\d{2})?(?P<fraction>\.\d+)?(?P<noon> ?[AaPp][Mm])?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_NAMED = ("%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d. %B %Y")
_SIGN = re.compile(r"[A-Z]{3}|[A-Za-z]{0,2}[^\w\s.,()]|zł|kr|Kč|Ft|Fr\.?")
_NUMBER = re.compile(r"(?P<sign>[-+]?)(?P<digits>\d[\d.,'\u00a0\u202f ]*|[.,]\d+)")


@dataclass(frozen=True)
class Moments:
    """How a column writes dates.

    `formats` are strptime formats, none for ISO 8601; `undecided` are the orders (dmy, mdy) that all cells allow where
    nothing decides; `has_time` says whether a time of day stands there; `evidence` is a sentence.
    """

    formats: tuple[str, ...]
    undecided: tuple[str, ...]
    has_time: bool
    evidence: str


@dataclass(frozen=True)
class Numbers:
    """How a column writes numbers; `undecided` where 1.234 may be a thousand or a decimal."""

    decimal_mark: str
    thousands_mark: str
    symbols: tuple[str, ...]
    parentheses: bool
    percent: bool
    undecided: bool
    evidence: str


@dataclass(frozen=True)
class Booleans:
    """The words of a column for true and false, in lower case."""

    true_words: tuple[str, ...]
    false_words: tuple[str, ...]


def moments(values: Sequence[str], order: str | None = None) -> Moments | None:
    """How dates are written; None where the texts are no dates.

    Args:
        values: the filled cells.
        order: dmy, mdy or ymd where a person or another column of the file decided.
    """
    found = [(value, m) for value in values if (m := _NUMERIC.fullmatch(value))]
    if not values or len(found) < ENOUGH * len(values):
        return _named_months(values)
    allowed = set(ORDERS)
    witness: dict[str, str] = {}
    for value, m in found:
        for name in allowed & _excluded(m):
            witness.setdefault(name, value)
    allowed -= set(witness)
    if not allowed:
        samples = " and ".join(sorted({repr(value) for name, value in witness.items() if name != "ymd"}))
        return Moments((), (), False, f"no one order of day and month reads them all: {samples}")
    has_time = any(m["hour"] for _, m in found)
    if len(allowed) > 1 and order not in allowed:
        return Moments(
            (), tuple(sorted(allowed)), has_time, f"all {len(found)} dates can be read in two ways, as {found[0][0]!r}"
        )
    chosen = order if order in allowed and order is not None else next(iter(allowed))
    if chosen == "ymd" and all(_is_iso(m) for _, m in found):
        return Moments((), (), has_time, "ISO 8601")
    formats = tuple(dict.fromkeys(_format(m, chosen) for _, m in found))
    proof = next(
        (f"{value!r} cannot be {name}" for name, value in witness.items() if name in ("dmy", "mdy")), f"taken as {chosen}"
    )
    return Moments(formats, (), has_time, proof)


def order_of(guess: Moments) -> str | None:
    """dmy, mdy or ymd, of a guess that is decided."""
    first = guess.formats[0] if guess.formats else ""
    return next((name for name, parts in ORDERS.items() if first.lower().startswith(parts[0].lower())), None)


def _excluded(m: re.Match[str]) -> set[str]:
    """The orders in which this text is no date."""
    wrong = {name for name in ORDERS if (len(m["a"]) == 4) != (name == "ymd")}
    if len(m["a"]) != 4 and len(m["c"]) not in (2, 4):
        return set(ORDERS)
    for name in set(ORDERS) - wrong:
        parts = dict(zip(ORDERS[name], (m["a"], m["b"], m["c"]), strict=True))
        year = int(parts["%Y"]) + (2000 if len(parts["%Y"]) == 2 else 0)
        try:
            dt.date(year, int(parts["%m"]), int(parts["%d"]))
        except ValueError:
            wrong.add(name)
    return wrong


def _is_iso(m: re.Match[str]) -> bool:
    return m["mark"] == "-" and len(m["b"]) == 2 and len(m["c"]) == 2 and (not m["hour"] or (m["gap"] == "T") or not m["noon"])


def _format(m: re.Match[str], order: str) -> str:
    first, second, third = (
        part if part != "%Y" or len(text) > 2 else "%y"
        for part, text in zip(ORDERS[order], (m["a"], m["b"], m["c"]), strict=True)
    )
    text = first + m["mark"] + second + m["mark"] + third
    if m["hour"]:
        noon = m["noon"] or ""
        text += m["gap"] + ("%I" if noon else "%H") + ":%M" + (":%S" if m["second"] else "") + (".%f" if m["fraction"] else "")
        text += noon[:-2] + "%p" if noon else ""
        text += "%z" if m["zone"] else ""
    return text


def is_epoch(values: Sequence[str]) -> bool:
    """Whether all texts are milliseconds since 1970, of the years 2001 to 2033."""
    return bool(values) and all(re.fullmatch(r"1\d{12}", value, re.ASCII) for value in values)


def _named_months(values: Sequence[str]) -> Moments | None:
    fitting = {form: sum(_reads(value, form) for value in values) for form in _NAMED}
    best = max(fitting, key=lambda form: fitting[form])
    if values and fitting[best] >= ENOUGH * len(values):
        return Moments((best,), (), False, f"the month is a word, as in {values[0]!r}")
    return None


def _reads(value: str, form: str) -> bool:
    try:
        dt.datetime.strptime(value, form)
    except ValueError:
        return False
    return True


def latest(values: Iterable[str], formats: Sequence[str]) -> dt.date | None:
    """The newest date among texts that are read by formats (none: ISO 8601)."""
    return max((day for value in values if (day := _day(value, formats)) is not None), default=None)


def _day(value: str, formats: Sequence[str]) -> dt.date | None:
    for form in formats or ("",):
        try:
            return (dt.datetime.strptime(value, form) if form else dt.datetime.fromisoformat(value)).date()
        except ValueError:
            continue
    return None


def numbers(values: Sequence[str], decimal_mark: str | None = None, is_money: bool = False) -> Numbers | None:
    """How numbers are written; None where the texts are no numbers.

    Args:
        values: the filled cells.
        decimal_mark: where a person or another column of the file decided.
        is_money: an amount has no third decimal, so 1.234 is a thousand.
    """
    bodies: list[str] = []
    symbols: Counter[str] = Counter()
    parentheses = percent = False
    for value in values:
        text = value
        if text.startswith("(") and text.endswith(")"):
            text, parentheses = text[1:-1].strip(), True
        m = _NUMBER.search(text)
        if m is None:
            continue
        around = (text[: m.start()] + text[m.end() :]).strip()
        outside = re.sub(r"[-+\s]", "", around)
        if outside == "%":
            percent = True
        elif outside:
            if not _SIGN.fullmatch(outside):
                continue
            symbols[outside] += 1
        bodies.append(m["digits"].strip())
    if not values or len(bodies) < ENOUGH * len(values):
        return None
    marks = [_marks(body) for body in bodies]
    decimals = {decimal for decimal, _ in marks if decimal}
    thousands = {mark for _, mark in marks if mark}
    open_ones = [
        body for body, (decimal, mark) in zip(bodies, marks, strict=True) if (decimal, mark) == ("", "") and _is_open(body)
    ]
    if is_money:
        thousands |= {body[-4] for body in open_ones if body[-1] != "0"}
    sure = decimals | ({"."} if "," in thousands else set()) | ({","} if "." in thousands else set())
    if len(sure) > 1:
        return Numbers("", "", (), parentheses, percent, True, "both . and , stand before decimals")
    chosen = next(iter(sure), decimal_mark if open_ones else None)
    if chosen is None and open_ones and not thousands:
        return Numbers(
            "", "", tuple(symbols), parentheses, percent, True, f"{open_ones[0]!r} may be a thousand or have three decimals"
        )
    chosen = chosen or "."
    if open_ones:
        thousands |= {mark for body in open_ones for mark in ",." if mark in body and mark != chosen}
    thousands -= {chosen}
    if len(thousands) > 1:
        return Numbers(
            "", "", tuple(symbols), parentheses, percent, True, f"several marks part thousands: {' '.join(sorted(thousands))}"
        )
    sample = max(bodies, key=lambda body: (sum(not char.isdigit() for char in body), len(body)))
    return Numbers(chosen, next(iter(thousands), ""), tuple(symbols), parentheses, percent, False, f"as in {sample!r}")


def _marks(body: str) -> tuple[str, str]:
    """(decimal mark, thousands mark) as far as one number shows them."""
    blanks = next((char for char in "'\u00a0\u202f " if char in body), "")
    points = [char for char in body if char in ",."]
    if not points:
        return "", blanks
    last = points[-1]
    if len(set(points)) > 1:
        return last, points[0]
    if len(points) > 1:
        return "", last
    if blanks or not _is_open(body):
        return last, blanks
    return "", ""


def _is_open(body: str) -> bool:
    """One mark before exactly three digits: 1.234 is a thousand here and one and a quarter there; 0.234 is not open."""
    return re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", body) is not None


def booleans(values: Sequence[str], true: frozenset[str], false: frozenset[str]) -> Booleans | None:
    """The words for true and false among texts that are nothing else; None otherwise."""
    found = {value.casefold() for value in values}
    if not found or not found <= true | false:
        return None
    return Booleans(tuple(sorted(found & true)), tuple(sorted(found & false - true)))


def null_words(values: Iterable[str], empty: frozenset[str]) -> tuple[str, ...]:
    """Texts that stand for an empty cell, as they are spelled."""
    return tuple(sorted({value for value in values if value.casefold() in empty}))


def fiscal_start(periods: Sequence[tuple[int, int]]) -> int | None:
    """The month in which the fiscal year starts, where pairs of a calendar month and its fiscal quarter allow only one."""
    fitting = [start for start in range(1, 13) if all((month - start) % 12 // 3 + 1 == quarter for month, quarter in periods)]
    return fitting[0] if len(fitting) == 1 else None
