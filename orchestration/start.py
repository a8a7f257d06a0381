"""`salesops start`: from files that a person downloaded to a company folder, an inbox and a first answer.

What it proposes comes from ingestion (survey, business_proposal); here it is put together, written down and run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from expectations.rules import LAYERS
from expectations.verdict import RuleResult, read_verdict
from ingestion import business_proposal, contract_reader, draft, labels
from ingestion.business_proposal import Proposal, StageProposal
from ingestion.column_formats import Choices, Mapped
from ingestion.contract import Contract
from ingestion.export_day import export_day
from ingestion.movement import Movement, movement
from ingestion.peek import Peek, peek
from ingestion.rehearsal import Rehearsal, rehearse
from ingestion.survey import OPPORTUNITY, Survey, survey
from orchestration import start_files
from orchestration.settings import Settings
from orchestration.start_wishes import Wishes
from serving.first_page import FirstPage, first_page
from warehouse import database
from warehouse.errors import ConfigurationError, InboxError

NEEDED = {"StageName": "the stage of each deal", "CloseDate": "the date it closed or will close"}
UNKNOWN_DAY = dt.date.min


@dataclass(frozen=True)
class Export:
    """One file with the day on which it was extracted, and how that day is known."""

    peek: Peek
    day: dt.date
    why_day: str


@dataclass(frozen=True)
class Plan:
    """What would be written: the exports (oldest first), what is in them, and the company's terms.

    `contract` is the one that holds already, None on day one; `new_stages` are those that its stages.yml lacks.
    """

    exports: tuple[Export, ...]
    surveys: tuple[Survey, ...]
    proposal: Proposal
    contract: Contract | None = None
    new_stages: tuple[StageProposal, ...] = ()

    @property
    def newest(self) -> Survey:
        """The survey of the newest export."""
        return self.surveys[-1]

    def undecided(self) -> list[str]:
        """What nobody but a person can decide, each as a sentence with the option that decides it."""
        found = []
        if self.contract is None:
            by_option: dict[str, list[Mapped]] = {}
            for item in self.newest.undecided:
                option = "--dates dmy or --dates mdy" if "Formats" in item.undecided[0] else "--decimals , or --decimals ."
                by_option.setdefault(option, []).append(item)
            for option, items in by_option.items():
                names = " and ".join(repr(item.label) for item in items)
                found.append(f"{names}: {items[0].notes[-1]} ({option})")
            if len(self.proposal.currencies) > 1:
                names = " and ".join(self.proposal.currencies[:4])
                found.append(
                    f"the amounts are in {names}: export them in one currency (in Salesforce: Amount (converted)), or deliver "
                    "finance/exchange_rates.csv and name the reporting currency (--currency)"
                )
        stages = self.new_stages if self.contract is not None else self.proposal.undecided
        found += [
            f"the stage {stage.stage!r} ({stage.deals} deals) is {stage.why} (--stage {stage.stage!r}=won, =lost or =open)"
            for stage in stages
            if stage.type is None
        ]
        return found


def plan(settings: Settings, files: Sequence[Path], wishes: Wishes) -> Plan:
    """Look at the files and at what the company folder already says.

    Raises:
        InboxError: a file is no table, or has no day.
        ConfigurationError: the files are no export of deals, or lack what is needed.
    """
    peeks = [peek(path) for path in files]
    known = start_files.contract_file(settings, wishes.name)
    if known.is_file():
        return _again(settings, peeks, contract_reader.read(known), wishes)
    choices = Choices(wishes.dates, wishes.decimals, wishes.columns)
    surveys = [survey(found, OPPORTUNITY, choices) for found in peeks]
    for one in surveys:
        _require_deals(one)
        if one.peek.header != surveys[0].peek.header or one.peek.format != surveys[0].peek.format:
            raise ConfigurationError(
                "The files have different columns, so one contract cannot read them",
                f"{one.peek.path} and {surveys[0].peek.path}",
                "give `salesops start` files of one report; another report becomes another --name",
            )
    exports = [_export(one.peek, one, wishes, len(files)) for one in surveys]
    order = sorted(range(len(files)), key=lambda index: exports[index].day)
    _require_days([exports[index] for index in order])
    ordered = [surveys[index] for index in order]
    proposal = business_proposal.propose(ordered, wishes.stages, wishes.currency, wishes.fiscal_start)
    return Plan(tuple(exports[index] for index in order), tuple(ordered), proposal)


def rehearsals(settings: Settings, made: Plan, wishes: Wishes) -> list[Rehearsal]:
    """What the real reading makes of each file, before anything lies in the inbox; under the contract as it is written.

    Raises:
        InboxError: a file would not be loaded; says why.
    """
    contract = contract_reader.read(start_files.contract_file(settings, wishes.name))
    found = [rehearse(export.peek.path, contract) for export in made.exports]
    for one in found:
        gone = [(label, near) for label, is_needed, near in one.missing if is_needed or made.contract is not None]
        if gone:
            names = ", ".join(f"{label!r}" + (f" (renamed to {near!r}?)" if near else "") for label, near in gone)
            label, near = next(((label, near) for label, near in gone if near), gone[0])
            raise InboxError(
                f"The file changed its shape: these columns are gone: {names}",
                one.file,
                f"export it as before; or tell {contract.file} the new name: at {label!r}, customProperties: "
                f"[{{property: aliases, value: [{near or 'NEW NAME'}]}}]; or take the column out of it",
            )
        if not one.would_load:
            raise InboxError(
                f"The file cannot be loaded: {one.reason}",
                one.file,
                f"`salesops ingest --explain` shows lines and values; export it as before, or mend {contract.file}",
            )
    return found


def _again(settings: Settings, peeks: Sequence[Peek], contract: Contract, wishes: Wishes) -> Plan:
    """Further files of an export whose contract is written: only new stages may need a person."""
    stage_column = next((column for column in contract.columns if column.name == "StageName"), None)
    names = () if stage_column is None else (stage_column.file_column or "", *stage_column.aliases)
    surveys, exports = [], []
    for found in peeks:
        label = next((label for label in found.header if label.casefold() in {name.casefold() for name in names}), "")
        columns = {"StageName": label} if label else {}
        try:
            one = survey(found, OPPORTUNITY, Choices(wishes.dates, wishes.decimals, columns))
        except ConfigurationError as error:
            raise InboxError(
                error.what, error.where, f"it is not like the files before it; give it another --name, or mend {contract.file}"
            ) from error
        surveys.append(one)
        exports.append(_export(found, one, wishes, len(peeks)))
    order = sorted(range(len(peeks)), key=lambda index: exports[index].day)
    _require_days([exports[index] for index in order])
    company = settings.company()
    listed = {labels.plain(stage.stage) for stage in company.stages.stages}
    ordered = [surveys[index] for index in order]
    proposal = business_proposal.propose(
        ordered, wishes.stages, company.calendar.reporting_currency, company.calendar.fiscal_year_start_month
    )
    new = tuple(stage for stage in proposal.stages if labels.plain(stage.stage) not in listed)
    return Plan(tuple(exports[index] for index in order), tuple(ordered), proposal, contract, new)


def _require_deals(found: Survey) -> None:
    missing = [f"{column} ({what})" for column, what in NEEDED.items() if found.label(column) is None]
    if found.has_id is False and found.label("Name") is None:
        missing.insert(0, "Name (the deal's name; there is no id either)")
    if missing:
        raise ConfigurationError(
            f"This does not look like an export of deals: no column is {' or '.join(missing)}; its columns are "
            + ", ".join(found.peek.header[:15]),
            str(found.peek.path),
            "export a report of opportunities (deals) with name, stage, amount, owner, create date and close date; or say "
            "which column is meant, such as --map 'StageName=My phase'",
        )


def _export(found: Peek, seen: Survey, wishes: Wishes, files: int) -> Export:
    if wishes.date is not None:
        if files > 1:
            raise ConfigurationError(
                "--date says the day of one file", "--date", "give the files one by one, or put the day into their names"
            )
        return Export(found, wishes.date, "as you said")
    known = export_day(seen, wishes.stages)
    if known is not None:
        return Export(found, *known)
    if any("Formats" in item.undecided[0] for item in seen.undecided):
        return Export(found, UNKNOWN_DAY, "once it is decided how dates are written")
    raise InboxError(
        "Nothing says on which day this file was exported",
        str(found.path),
        "add --date YYYY-MM-DD, or put the day into the file's name, such as deals_2026-10-31.csv",
    )


def _require_days(exports: Sequence[Export]) -> None:
    for one, other in pairwise(exports):
        if one.day == other.day != UNKNOWN_DAY:
            raise InboxError(
                f"Two files are of the same day, {one.day}",
                f"{one.peek.path} and {other.peek.path}",
                "put the day of each export into its name, such as deals_2026-10-31.csv",
            )


def write(settings: Settings, made: Plan, wishes: Wishes) -> list[Path]:
    """Write contract and business files on day one, or add new stages later; nothing that a person wrote is changed.

    Returns:
        The files that were written.
    """
    if made.contract is not None:
        return start_files.add_stages(settings, made.new_stages)
    return start_files.write_company(settings, made.newest, made.proposal, wishes.name, wishes.is_full)


def place(settings: Settings, made: Plan, wishes: Wishes) -> list[Path]:
    """Copy the exports into the inbox under dated names.

    Raises:
        InboxError: another file of that day lies there.
    """
    return [start_files.copy(settings, export.peek, export.day, wishes.name) for export in made.exports]


def days(settings: Settings, wishes: Wishes) -> list[dt.date]:
    """The days of all exports of this name that lie in the inbox."""
    found = [draft.file_date(path.name) for path in (settings.inbox / wishes.name).glob(f"{wishes.name}_*")]
    return sorted(item.day for item in found if item is not None)


def quarter(settings: Settings, day: dt.date) -> str:
    """The fiscal quarter of a day under the company's calendar, as a target names it."""
    return start_files.fiscal_quarter(day, settings.company().calendar.fiscal_year_start_month)


def answer(settings: Settings, wishes: Wishes, day: dt.date) -> tuple[FirstPage, Movement | None, str, int]:
    """The first page over what is served, what moved, the reporting currency, and how many exports there are."""
    contract = contract_reader.read(start_files.contract_file(settings, wishes.name), validate=False)
    with database.connect(settings.home.build, read_only=True) as connection:
        moved = movement(connection, contract.source)
    page = first_page(settings.home.serving, day)
    return page, moved, settings.company().calendar.reporting_currency, len(days(settings, wishes))


def failing(settings: Settings) -> list[RuleResult]:
    """The rules that keep the last build from being published."""
    verdicts = [settings.home.reports / "checks" / f"{layer}.verdict.json" for layer in LAYERS]
    read = [read_verdict(path) for path in verdicts if path.is_file()]
    return [result for verdict in read if not verdict.may_publish for result in verdict.blocking]
