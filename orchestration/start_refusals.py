"""What `salesops start` refuses before anything is written: files of another kind, and options that cannot hold."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from ingestion import canonical, labels
from ingestion.candidates import candidates
from ingestion.column_formats import Choices
from ingestion.contract import Column, Contract
from ingestion.guess import ORDERS
from ingestion.peek import Peek
from ingestion.survey import OPPORTUNITY, Survey
from orchestration.start_wishes import Wishes
from warehouse.company import Company
from warehouse.errors import ConfigurationError

NEEDED = {"StageName": "the stage of each deal", "CloseDate": "the date it closed or will close"}
REPORT = "export a report of opportunities (deals) with name, stage, amount, owner, create date and close date"


def one_shape(peeks: Sequence[Peek]) -> None:
    """Several files need the same columns.

    Raises:
        ConfigurationError: they differ; says in what.
    """
    for one in peeks[1:]:
        first = peeks[0]
        if one.header == first.header and one.format == first.format:
            continue
        lacks = [label for label in first.header if label not in one.header]
        more = [label for label in one.header if label not in first.header]
        said = [f"lacks {_listed(lacks)}"] * bool(lacks) + [f"has {_listed(more)} instead or besides"] * bool(more)
        how = " and ".join(said) or ("has them in another order" if one.format == first.format else f"is {one.format}")
        raise ConfigurationError(
            f"The files have different columns, so one contract cannot read them: {one.path.name} {how}",
            f"{one.path}, beside {first.path}",
            "give `salesops start` files of one report; another report is another export, with a --name of its own",
        )


def deals(found: Survey) -> None:
    """A file of deals has a name or an id, a stage and a close date.

    Raises:
        ConfigurationError: it lacks one; gives an option that might say which column it is.
    """
    missing = {column: what for column, what in NEEDED.items() if found.label(column) is None}
    if found.has_id is False and found.label("Name") is None:
        missing = {"Name": "the deal's name; there is no id either"} | missing
    if not missing:
        return
    near = {column: candidates(found, column) for column in missing}
    said = " ".join(mapping(column, near[column][0] if near[column] else "LABEL") for column in missing)
    asked = ", ".join(f"{column} ({what})" for column, what in missing.items())
    raise ConfigurationError(
        f"This does not look like an export of deals: no column is {asked}; its columns are "
        + ", ".join(" ".join(label.split()) for label in found.peek.header[:15]),
        str(found.peek.path),
        f"say which column is meant, such as {said} (--map takes {', '.join(canonical.objects()[OPPORTUNITY].columns)}); or "
        + REPORT,
    )


def mapped(found: Survey, wishes: Wishes) -> None:
    """A column that a person named has to be one that can be read as that.

    Raises:
        ConfigurationError: its cells are of another kind.
    """
    taken: dict[str, str] = {}
    for column, label in wishes.columns.items():
        other = taken.setdefault(labels.plain(label), column)
        if label and other != column:
            raise ConfigurationError(
                f"{label!r} is named for both {other} and {column}", "--map", "name another column for one of them"
            )
    for column, label in wishes.columns.items():
        why = next((why for name, why in found.unmapped if why and labels.plain(name) == labels.plain(label)), None)
        if label and why:
            raise ConfigurationError(
                f"{label!r} cannot be {column}: {why}", f"{found.peek.path}, --map", "name another column, or mend its cells"
            )


def stages(said: Iterable[str], known: Sequence[str], where: str) -> None:
    """A stage that a person says something of has to be one.

    Raises:
        ConfigurationError: no deal is in such a stage; names those that there are.
    """
    plain = {labels.plain(stage) for stage in known}
    for stage in said:
        if labels.plain(stage) not in plain:
            names = ", ".join(repr(name) for name in known)
            near = labels.closest(stage, known)
            raise ConfigurationError(
                f"No deal is in the stage {stage!r}" + (f"; {near[0]!r} may be meant" if near else ""),
                where,
                f"name one of the stages in the file: {names}",
            )


def contract_terms(contract: Contract, wishes: Wishes, header: Sequence[str], why: str) -> None:
    """Options may not contradict a contract that stays as it is.

    Args:
        contract: the contract.
        wishes: what the person said.
        header: the labels of the file.
        why: the reason for which the contract stays.

    Raises:
        ConfigurationError: they do; says what to write into it.
    """
    deal = _of_deals(contract)
    wrong = [*_columns(deal, wishes, header)]
    orders = _orders(deal)
    if wishes.dates and orders and orders != {wishes.dates}:
        wrong.append((f"--dates {wishes.dates}", "change dateFormats and timestampFormats"))
    marks = {column.formats.decimal_mark for column in deal if column.name == "Amount"}
    if wishes.decimals and marks - {wishes.decimals}:
        wrong.append((f"--decimals {wishes.decimals}", "change decimalMark and thousandsMark"))
    if wishes.is_full and contract.delivery != "full":
        wrong.append(("--full", "add {property: delivery, value: full} to its first customProperties"))
    _refuse(wrong, contract.file, why)


def as_contract_says(contract: Contract, header: Sequence[str]) -> Choices:
    """The columns of a file and the order of its dates as a contract reads them."""
    deal, found = _of_deals(contract), {labels.plain(label): label for label in header}
    columns: dict[str, str] = {}
    for column in deal:
        label = next((found[labels.plain(name)] for name in _names(column) if labels.plain(name) in found), None)
        if label is not None and label not in columns.values():
            columns[column.name] = label
    orders = _orders(deal)
    return Choices(next(iter(orders)) if len(orders) == 1 else None, None, columns)


def company_terms(company: Company, wishes: Wishes, files: Sequence[Path], why: str) -> None:
    """Options may not contradict business files that stay as they are.

    Args:
        company: what they say.
        wishes: what the person said.
        files: those of stages.yml and calendar.yml that stay.
        why: the reason for it.

    Raises:
        ConfigurationError: they do; says which file to edit.
    """
    for file in files:
        wrong = []
        if file.name == "stages.yml":
            types = {labels.plain(stage.stage): stage.type for stage in company.stages.stages}
            for stage, kind in wishes.stages.items():
                if types.get(labels.plain(stage), kind) != kind:
                    wrong.append((f"--stage {shlex.quote(f'{stage}={kind}')}", f"write type: {kind} at {stage!r}"))
        if file.name == "calendar.yml":
            terms = company.calendar
            if wishes.currency not in (None, terms.reporting_currency):
                wrong.append((f"--currency {wishes.currency}", f"write reporting_currency: {wishes.currency}"))
            if wishes.fiscal_start not in (None, terms.fiscal_year_start_month):
                wrong.append((f"--fiscal-start {wishes.fiscal_start}", f"write fiscal_year_start_month: {wishes.fiscal_start}"))
        _refuse(wrong, file, why)


def mapping(column: str, label: str) -> str:
    """The option that maps a column, as a shell takes it."""
    label = " ".join(label.split())
    return f"--map {shlex.quote(f'{column}={label}')}"


def _of_deals(contract: Contract) -> list[Column]:
    return [column for entry in contract.entries if entry.object == OPPORTUNITY for column in entry.columns]


def _names(column: Column) -> tuple[str, ...]:
    """The labels that a column is read from, none where it is computed from several."""
    return tuple(name for name in (column.file_column or column.reads or "", *column.aliases) if name)


def _orders(deal: Sequence[Column]) -> set[str]:
    """The orders of day, month and year in which dates are read; none where all are ISO 8601."""
    dated = {form for column in deal for form in (*column.formats.date_formats, *column.formats.timestamp_formats)}
    return {order for form in dated for order, parts in ORDERS.items() if form.lower().startswith(parts[0].lower())}


def _columns(deal: Sequence[Column], wishes: Wishes, header: Sequence[str]) -> Iterable[tuple[str, str]]:
    known = {name.casefold(): name for name in canonical.objects()[OPPORTUNITY].columns}
    found = {column.name: column for column in deal}
    for said, label in wishes.columns.items():
        name = known.get(said.casefold())
        if name is None:
            raise ConfigurationError(
                f"{OPPORTUNITY} has no column {said!r}", "--map", f"use one of {', '.join(known.values())}"
            )
        column = found.get(name)
        reads = () if column is None else _names(column)
        if labels.plain(label) in {labels.plain(text) for text in reads} or (not label and column is None):
            continue
        if label and labels.plain(label) not in {labels.plain(text) for text in header}:
            near = labels.closest(label, header, 3, 0.3)
            raise ConfigurationError(
                f"The file has no column {label!r}", "--map", f"use {' or '.join(near or list(header[:5]))}"
            )
        if column is None:
            todo = f"add {name} with physicalName: {label} below {OPPORTUNITY}"
        else:
            todo = f"write physicalName: {label} at {name}" if label else f"take {name} out"
        yield mapping(name, label), todo


def _refuse(wrong: Sequence[tuple[str, str]], file: Path, why: str) -> None:
    if wrong:
        options, todo = " and ".join(option for option, _ in wrong), "; ".join(text for _, text in wrong)
        raise ConfigurationError(
            f"{options} would change what {file.name} says, and that stays as it is: {why}",
            str(file),
            f"edit the file ({todo}), and start again without the option; or read another export under another --name",
        )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(" ".join(name.split())) for name in names[:8])
