"""What a person says to `salesops start`, by options or by corrections: it goes before what the files seem to say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ingestion.business_proposal import TYPES
from ingestion.labels import plain
from warehouse.errors import ConfigurationError

ORDERS = ("dmy", "mdy", "ymd")


@dataclass(frozen=True)
class Wishes:
    """What a person said, by options or by corrections: it goes before what the files seem to say."""

    name: str = "deals"
    dates: str | None = None
    decimals: str | None = None
    currency: str | None = None
    fiscal_start: int | None = None
    is_full: bool = False
    date: dt.date | None = None
    stages: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)

    def over(self, earlier: Wishes, header: Sequence[str]) -> Wishes:
        """With what was said in an earlier try where nothing else is said now; labels that the file lacks are forgotten."""
        known = {plain(label) for label in header}
        kept = {column: label for column, label in earlier.columns.items() if not label or plain(label) in known}
        said = {column.casefold() for column in self.columns}
        labels_taken = {plain(label) for label in self.columns.values()}
        still = {c: label for c, label in kept.items() if c.casefold() not in said and plain(label) not in labels_taken - {""}}
        return replace(
            self,
            dates=self.dates or earlier.dates,
            decimals=self.decimals or earlier.decimals,
            currency=self.currency or earlier.currency,
            fiscal_start=self.fiscal_start or earlier.fiscal_start,
            is_full=self.is_full or earlier.is_full,
            stages={**earlier.stages, **self.stages},
            columns={**still, **self.columns},
        )

    def corrected(self, text: str) -> Wishes:
        """With one correction, such as `Amount = Deal value`, `stage Done = won`, `dates = dmy`, `currency = EUR`.

        Raises:
            ConfigurationError: it is none.
        """
        left, mark, right = (part.strip() for part in text.partition("="))
        if not mark or not left:
            raise ConfigurationError(
                f"{text!r} is no correction",
                "",
                "write Column = label in the file, stage NAME = open (won, lost), or dates = dmy",
            )
        key = left.casefold()
        if key.startswith("stage "):
            return replace(self, stages={**self.stages, left[6:].strip(): stage_type(right)})
        if key == "dates":
            return replace(self, dates=_one_of(right.casefold(), ORDERS, "an order of day, month and year"))
        if key == "decimals":
            return replace(self, decimals=_one_of(right, (",", "."), "a decimal mark"))
        if key == "currency":
            return replace(self, currency=currency_code(right))
        if key in ("fiscal", "fiscal year", "fiscal start"):
            return replace(self, fiscal_start=month_number(right))
        return replace(self, columns={**self.columns, left: right})


def stage_type(text: str) -> str:
    """open, won or lost.

    Raises:
        ConfigurationError: it is none of them.
    """
    return _one_of(text.casefold(), TYPES, "a stage's type")


def currency_code(text: str) -> str:
    """An ISO 4217 code.

    Raises:
        ConfigurationError: it does not look like one.
    """
    code = text.strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise ConfigurationError(f"{text!r} is no currency", "currency", "write its three letters, such as EUR")
    return code


def month_number(text: str) -> int:
    """A month by number.

    Raises:
        ConfigurationError: it is none.
    """
    if not text.strip().isdigit() or not 1 <= int(text) <= 12:
        raise ConfigurationError(f"{text!r} is no month", "fiscal start", "write its number, 1 to 12")
    return int(text)


def _one_of(text: str, allowed: Sequence[str], what: str) -> str:
    if text not in allowed:
        raise ConfigurationError(f"{text!r} is not {what}", "", f"write {', '.join(allowed[:-1])} or {allowed[-1]}")
    return text
