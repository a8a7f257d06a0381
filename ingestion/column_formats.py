"""How each column of a file is written: the customProperties that its cells call for, or what a person has to decide."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ingestion import guess, labels
from ingestion.guess import Moments, Numbers
from ingestion.labels import Match
from ingestion.peek import Peek
from warehouse.database import quote

NUMBERS = ("DECIMAL(18,2)", "DOUBLE", "BIGINT")
_AS_OF = ("CreatedDate", "LastModifiedDate", "createdAt", "created", "timestamp")


@dataclass(frozen=True)
class Choices:
    """What a person decided: the order of day and month (dmy, mdy, ymd), the decimal mark, canonical column -> label.

    An empty label says that no column of the file is meant.
    """

    dates: str | None = None
    decimals: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mapped:
    """One column of an object: the file's label, the customProperties it needs, what nobody but a person can decide.

    `is_person` marks a person's name that serves as an id; `classification` is suggested for what is about a person.
    """

    column: str
    label: str
    custom: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    is_usable: bool = True
    is_person: bool = False
    classification: str = ""


class ColumnFormats:
    """Formats of columns, each by its own cells first and by those of the whole file where these do not decide."""

    def __init__(self, peek: Peek, choices: Choices) -> None:
        self.peek = peek
        orders: dict[str, str] = {}
        marks: dict[str, str] = {}
        for label in peek.header:
            values = peek.values(label)
            dates = guess.moments(values)
            if dates is not None:
                order = guess.order_of(dates)
                if order and dates.formats:
                    orders.setdefault(order, f"{label!r} shows ({dates.evidence})")
                continue
            numbers = guess.numbers(values)
            if (
                numbers is not None
                and not numbers.undecided
                and (numbers.thousands_mark or numbers.evidence.count(numbers.decimal_mark))
            ):
                marks.setdefault(numbers.decimal_mark, f"{label!r} shows ({numbers.evidence})")
        self.dates = choices.dates or (next(iter(orders)) if len(orders) == 1 else None)
        self.decimals = choices.decimals or (next(iter(marks)) if len(marks) == 1 else None)
        self.why_dates = "as was decided by hand" if choices.dates else f"as the column {next(iter(orders.values()), '')}"
        self.why_decimals = "as was decided by hand" if choices.decimals else f"as the column {next(iter(marks.values()), '')}"

    def mapped(self, match: Match, kind: str) -> Mapped:
        """One column as it would be mapped.

        Args:
            match: the file's label and the canonical column.
            kind: the canonical column's SQL type.
        """
        values = self.peek.values(match.label)
        empty = guess.null_words(values, labels.words("empty"))
        filled = [value for value in values if value not in empty]
        is_person = match.is_name and match.column == "OwnerId"
        item = Mapped(match.column, match.label, notes=self._how(match, len(filled)), is_person=is_person)
        if match.column in _AS_OF and kind == "TIMESTAMP":
            item = replace(item, custom={"asOf": True})
        if empty and (kind != "VARCHAR" or match.is_name):
            item = replace(item, custom=item.custom | {"nullWords": list(empty)})
        if not filled:
            return item
        if kind in ("DATE", "TIMESTAMP"):
            return self._dated(item, filled, "dateFormats" if kind == "DATE" else "timestampFormats")
        if kind in NUMBERS:
            return self._numbered(item, filled, kind)
        if kind == "BOOLEAN":
            return _judged(item, filled)
        if match.column.endswith("Id") and all(re.fullmatch(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?", value) for value in filled):
            return replace(item, custom=item.custom | {"salesforceId": True})
        return item

    def _how(self, match: Match, filled: int) -> tuple[str, ...]:
        notes = []
        if match.closeness < 1:
            notes.append(f"by its spelling ({match.closeness:.0%} alike): is that so?")
        if match.is_name:
            notes.append("the name serves as the id")
        if filled < len(self.peek.rows):
            notes.append(f"empty in {len(self.peek.rows) - filled:,} of {len(self.peek.rows):,}")
        return tuple(notes)

    def _dated(self, item: Mapped, values: Sequence[str], key: str) -> Mapped:
        found = guess.moments(values)
        if key == "timestampFormats" and guess.is_epoch(values):
            return replace(
                item, custom=item.custom | {"epochMilliseconds": True}, notes=(*item.notes, "milliseconds since 1970")
            )
        if found is None:
            return _unusable(item, f"its cells are no dates: {values[0]!r}")
        why = found.evidence
        if found.undecided and self.dates in found.undecided:
            found, why = guess.moments(values, self.dates) or found, self.why_dates
        if found.undecided:
            notes = f"{found.evidence}; nothing in the file says whether day or month comes first"
            return replace(item, notes=(*item.notes, notes), undecided=_date_choices(values, found, key))
        if not found.formats and "ISO" not in found.evidence:
            return _unusable(item, found.evidence)
        custom = {key: list(found.formats)} if found.formats else {}
        return replace(item, custom=item.custom | custom, notes=(*item.notes, why))

    def _numbered(self, item: Mapped, values: Sequence[str], kind: str) -> Mapped:
        is_money = kind == NUMBERS[0]
        found = guess.numbers(values, None, is_money)
        if found is not None and found.undecided and self.decimals:
            found = guess.numbers(values, self.decimals, is_money)
            item = replace(item, notes=(*item.notes, self.why_decimals))
        if found is None:
            return _unusable(item, f"its cells are no numbers: {values[0]!r}")
        if found.undecided:
            choices = tuple(f"decimalMark {mark!r}" for mark in ",.")
            return replace(item, notes=(*item.notes, found.evidence), undecided=choices)
        return replace(item, custom=item.custom | _number_custom(found, item.label), notes=(*item.notes, found.evidence))


def _judged(item: Mapped, values: Sequence[str]) -> Mapped:
    words = guess.booleans(values, labels.words("true"), labels.words("false"))
    if words is None:
        return _unusable(item, f"its cells are neither true nor false: {values[0]!r}")
    if set(words.true_words) <= {"true", "1"} and set(words.false_words) <= {"false", "0"}:
        return item
    custom = {key: list(found) for key, found in (("trueWords", words.true_words), ("falseWords", words.false_words)) if found}
    return replace(item, custom=item.custom | custom)


def _number_custom(found: Numbers, label: str) -> dict[str, Any]:
    custom: dict[str, Any] = {}
    if found.decimal_mark != ".":
        custom["decimalMark"] = found.decimal_mark
    if found.thousands_mark:
        custom["thousandsMark"] = found.thousands_mark
    if found.symbols:
        custom["currencySymbols"] = list(found.symbols)
    if found.parentheses:
        custom["negativeParentheses"] = True
    if found.percent:
        custom["expression"] = f"nullif(trim(replace({quote(label)}, '%', '')), '')"
    return custom


def _date_choices(values: Sequence[str], found: Moments, key: str) -> tuple[str, ...]:
    formats = {order: guess.moments(values, order) for order in found.undecided}
    return tuple(f"{key}: {list(read.formats)} ({order})" for order, read in formats.items() if read is not None)


def _unusable(item: Mapped, why: str) -> Mapped:
    return replace(item, is_usable=False, notes=(why,))
