"""A file that is ready to be read: what every reader makes of a landed file, and the refusal when it cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from ingestion.contract import Contract

Shape = Literal["csv", "jsonl", "parquet"]


class UnreadableError(Exception):
    """A file that does not match its contract as a whole. The message says why, for a person, and quotes no value.

    Reasons are kept in the ledger for good, so they must not hold what may have to be erased.
    """


@dataclass(frozen=True)
class Text:
    """A readable file.

    `columns` are the header's, or the keys of JSON records. `found` maps the header that a contract names to the one that
    this file has; `absent` are those it lacks, `extra` those that no contract column reads. `typed` are columns that carry
    values of a type (Parquet), so that no text format applies to them. `offset` counts the lines before the part that is
    read; `places`, where the records are not the file's own lines, holds the place of each (a sheet's row, a line). `line_end`
    is how the reader is told the lines end, where the first line of the file would mislead it. `in_parallel`: by several
    threads, which is only right where no value holds a line break.
    """

    path: Path
    shape: Shape
    contract: Contract
    columns: tuple[str, ...]
    found: Mapping[str, str]
    extra: tuple[str, ...]
    absent: tuple[str, ...]
    delimiter: str = ","
    has_header: bool = True
    line_end: str = ""
    in_parallel: bool = True
    typed: frozenset[str] = frozenset()
    offset: int = 0
    places: Sequence[int] | None = field(default=None, compare=False)
    # Contract names that expressions use and this file has under an alias, or (None) not at all: then they read as NULL.
    aliased: Mapping[str, str | None] = field(default_factory=dict)


def match(
    path: Path,
    shape: Shape,
    contract: Contract,
    header: Sequence[str],
    delimiter: str = ",",
    has_header: bool = True,
    typed: frozenset[str] = frozenset(),
    offset: int = 0,
    places: Sequence[int] | None = None,
) -> Text:
    """Hold a file's header against the contract: case, order and aliases do not matter.

    Args:
        path, shape, contract, delimiter, has_header, typed, offset, places: as in Text.
        header: the columns of the file, in its order.

    Raises:
        UnreadableError: a column is named twice, or is missing although it is required.
    """
    folded: dict[str, str] = {}
    for name in header:
        if name.casefold() in folded:
            known = {n.casefold() for c in contract.columns for n in (c.file_column, c.name, *c.aliases) if n}
            which = f"the column {name!r}" if name.casefold() in known else "a column"
            raise UnreadableError(f"the header names {which} twice")
        folded[name.casefold()] = name
    found: dict[str, str] = {}
    absent: dict[str, bool] = {}
    aliased: dict[str, str | None] = {}
    # An alias said at one column holds for every column of that physicalName, whatever object it feeds.
    names: dict[str, list[str]] = {}
    for column in contract.columns:
        if label := column.file_column or column.reads:
            names.setdefault(label, [label]).extend(column.aliases)
    for column in contract.columns:
        label = column.file_column or column.reads
        if label is None:
            continue
        meant = next((folded[n.casefold()] for n in names[label] if n.casefold() in folded), None)
        if label.casefold() not in folded:
            aliased[label] = meant
        if column.file_column is None:
            continue
        if meant is not None:
            found[label] = meant
        else:
            absent[label] = absent.get(label, False) or column.required
    missing = [name for name, required in absent.items() if required]
    if missing:
        # A first line without any column of the contract may be a record, and reasons are kept for good.
        has = f"the header has: {', '.join(header[:30])}" if found else "the first line names no column of the contract"
        raise UnreadableError(f"the column {missing[0]!r} is missing; {has}")
    used = {label: name for label, name in aliased.items() if named_in_expressions(contract, [label])}
    known = {*found.values(), *(name for name in used.values() if name), *named_in_expressions(contract, header)}
    return Text(
        path=path,
        shape=shape,
        contract=contract,
        columns=tuple(header),
        found=found,
        extra=tuple(name for name in header if name not in known),
        absent=tuple(absent),
        delimiter=delimiter,
        has_header=has_header,
        typed=typed,
        offset=offset,
        places=places,
        aliased=used,
    )


def named_in_expressions(contract: Contract, header: Sequence[str]) -> list[str]:
    """Which of these columns an SQL expression of the contract names: as a quoted identifier, or as a bare word."""
    text = " ".join(column.expression for column in contract.columns if column.expression)
    quoted = {name.casefold() for name in re.findall(r'"([^"]+)"', text)}
    bare = re.sub(r'"[^"]*"', " ", text)
    return [name for name in header if name.casefold() in quoted or re.search(rf"\b{re.escape(name)}\b", bare)]
