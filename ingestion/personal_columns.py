"""Which columns are about a person: the vocabulary of `classification`, and the tagged columns of a contract."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingestion.contract import Column, Contract, Entry
from warehouse import yamlfile
from warehouse.errors import ContractError

FILE = Path(__file__).parent / "canonical" / "_personal.yml"
NAME, EMAIL, PHONE, ADDRESS, IDENTIFIER, FREE_TEXT = "name", "email", "phone", "address", "identifier", "free text"
NONE = "none"


@dataclass(frozen=True)
class Kind:
    """One kind of personal value: what it means, and what takes its place (None: only the values that are known)."""

    name: str
    means: str
    own: str | None
    elsewhere: str | None


@cache
def kinds() -> Mapping[str, Kind]:
    """The vocabulary."""
    return {name: Kind(name, **entry) for name, entry in yamlfile.load(FILE).data["kinds"].items()}


@cache
def columns() -> Mapping[str, Mapping[str, str]]:
    """Canonical object -> column -> kind, for contracts that say nothing."""
    found: Mapping[str, Mapping[str, str]] = yamlfile.load(FILE).data["columns"]
    return found


def kind_of(object_name: str, column: str, said: object, where: str) -> str:
    """The kind of one column of a contract; empty where it is about nobody.

    Args:
        object_name, column: of the canonical schema.
        said: the contract's `classification`; None where it says nothing.
        where: file and line, for the refusal.

    Raises:
        ContractError: the classification is not in the vocabulary.
    """
    if said is None:
        return columns().get(object_name, {}).get(column, "")
    if said == NONE:
        return ""
    if said not in kinds():
        close = difflib.get_close_matches(str(said), kinds(), 1)
        known = ", ".join(kinds())
        raise ContractError(
            f"{said!r} is not a classification of personal data",
            where,
            f"did you mean {close[0]}?" if close else f"use one of {known}, or none for a column that is about nobody",
        )
    return str(said)


def tagged(contract: Contract) -> Iterator[tuple[Entry, Column]]:
    """The columns of a contract that are about a person, with the object they feed."""
    for entry in contract.entries:
        for column in entry.columns:
            if column.personal:
                yield entry, column
