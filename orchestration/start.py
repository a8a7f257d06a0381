"""`salesops start`: from files that a person downloaded to a company folder, an inbox and a first answer.

What it proposes comes from ingestion (survey, business_proposal); here it is put together, written down and run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from ingestion import business_proposal, contract_reader, labels
from ingestion.business_proposal import Proposal, StageProposal
from ingestion.candidates import candidates
from ingestion.column_formats import Choices, Mapped
from ingestion.contract import Contract
from ingestion.export_day import export_day
from ingestion.peek import Peek, peek
from ingestion.rehearsal import Rehearsal, rehearse
from ingestion.survey import OPPORTUNITY, Survey, survey
from orchestration import start_files, start_record, start_refusals
from orchestration.settings import Settings
from orchestration.start_refusals import mapping
from orchestration.start_wishes import Wishes
from warehouse.company import Company
from warehouse.errors import ConfigurationError, InboxError
from warehouse.files import write_whole

# What a first answer is poor without, and who needs it.
MISSED = {"Amount": "what each deal is worth", "OwnerId": "who owns each deal"}
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

    `wishes` is all that holds of what was said, in an earlier try too; `replaces` are the files of that try, `kept` the
    business files that stay, both with what is in them. `contract` is the one that holds already, None on day one;
    `new_stages` are those that its stages.yml lacks.
    """

    exports: tuple[Export, ...]
    surveys: tuple[Survey, ...]
    proposal: Proposal
    wishes: Wishes = field(default_factory=Wishes)
    replaces: Mapping[Path, bytes] = field(default_factory=dict)
    kept: Mapping[Path, bytes] = field(default_factory=dict)
    contract: Contract | None = None
    new_stages: tuple[StageProposal, ...] = ()

    @property
    def newest(self) -> Survey:
        """The survey of the newest export."""
        return self.surveys[-1]

    def missed(self) -> dict[str, list[str]]:
        """The columns that were not found and are missed, with the labels that may be them; none that a person decided on."""
        said = {column.casefold() for column in self.wishes.columns}
        undecided = {item.column for item in self.newest.undecided}
        return {
            column: candidates(self.newest, column)
            for column in MISSED
            if self.newest.label(column) is None and column not in undecided and column.casefold() not in said
        }

    def undecided(self, may_miss: Sequence[str] = ()) -> list[str]:
        """What nobody but a person can decide, each as a sentence with the option that decides it.

        Args:
            may_miss: columns that may be missing although one of the file's could be them.
        """
        found = []
        if self.contract is None:
            for column, near in self.missed().items():
                if near and column not in may_miss:
                    options = f"{mapping(column, near[0])}; {mapping(column, '')} if it has none"
                    found.append(f"{no_column(column, near)} ({options})")
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
    left = start_record.written(settings, wishes.name)
    if known.is_file() and known not in left.own:
        return _again(settings, peeks, contract_reader.read(known), wishes, left.why)
    start_refusals.one_shape(peeks)
    said, company = wishes, settings.company()
    wishes = wishes.over(left.earlier, peeks[0].header)
    business = [path for path in start_files.business_files(settings) if path.is_file() and path not in left.own]
    start_refusals.company_terms(company, said, business, left.why)
    choices = Choices(wishes.dates, wishes.decimals, wishes.columns)
    surveys = [survey(found, OPPORTUNITY, choices) for found in peeks]
    for one in surveys:
        start_refusals.mapped(one, wishes)
        start_refusals.deals(one)
    exports = [_export(one.peek, one, wishes, len(files)) for one in surveys]
    order = sorted(range(len(files)), key=lambda index: exports[index].day)
    _require_days([exports[index] for index in order])
    ordered = [surveys[index] for index in order]
    proposal = _proposal(ordered, wishes, company, {path.name for path in business})
    start_refusals.stages(said.stages, [stage.stage for stage in proposal.stages], f"{ordered[-1].peek.path}, --stage")
    for export in exports:
        start_files.require_day(settings, export.peek, export.day, wishes.name)
    kept = {path: path.read_bytes() for path in business}
    return Plan(tuple(exports[index] for index in order), tuple(ordered), proposal, wishes, left.own, kept)


def _proposal(surveys: Sequence[Survey], wishes: Wishes, company: Company, kept: Set[str]) -> Proposal:
    """What the files call for; business files that stay as they are go before that."""
    types = {stage.stage: str(stage.type) for stage in company.stages.stages} if "stages.yml" in kept else {}
    found = business_proposal.propose(surveys, {**types, **wishes.stages}, wishes.currency, wishes.fiscal_start)
    if "calendar.yml" in kept:
        why, terms = "calendar.yml says so", company.calendar
        found = replace(found, currency=terms.reporting_currency, why_currency=why)
        found = replace(found, fiscal_start=terms.fiscal_year_start_month, why_fiscal=why)
    return found


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
                f"[{{property: aliases, value: [{near or 'NEW NAME'}]}}]; or take the column out of it; another report is "
                "another export, with a --name of its own",
            )
        if not one.would_load:
            raise InboxError(
                f"The file cannot be loaded: {one.reason}",
                one.file,
                f"`salesops ingest --explain` shows lines and values; export it as before, or mend {contract.file}",
            )
    return found


def _again(settings: Settings, peeks: Sequence[Peek], contract: Contract, wishes: Wishes, why: str) -> Plan:
    """Further files of an export whose contract is written: only new stages may need a person, options change nothing."""
    company = settings.company()
    start_refusals.contract_terms(contract, wishes, peeks[0].header, why)
    start_refusals.company_terms(company, wishes, start_files.business_files(settings), why)
    surveys, exports = [], []
    for found in peeks:
        try:
            one = survey(found, OPPORTUNITY, start_refusals.as_contract_says(contract, found.header))
        except ConfigurationError as error:
            raise InboxError(
                error.what, error.where, f"it is not like the files before it; give it another --name, or mend {contract.file}"
            ) from error
        surveys.append(one)
        exports.append(_export(found, one, wishes, len(peeks)))
    order = sorted(range(len(peeks)), key=lambda index: exports[index].day)
    _require_days([exports[index] for index in order])
    listed = {labels.plain(stage.stage) for stage in company.stages.stages}
    ordered = [surveys[index] for index in order]
    proposal = business_proposal.propose(
        ordered, wishes.stages, company.calendar.reporting_currency, company.calendar.fiscal_year_start_month
    )
    said = [stage for stage in wishes.stages if labels.plain(stage) not in listed]
    start_refusals.stages(said, [stage.stage for stage in proposal.stages], f"{ordered[-1].peek.path}, --stage")
    new = tuple(stage for stage in proposal.stages if labels.plain(stage.stage) not in listed)
    return Plan(tuple(exports[index] for index in order), tuple(ordered), proposal, wishes, contract=contract, new_stages=new)


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


def write(settings: Settings, made: Plan) -> list[Path]:
    """Write contract and business files on day one, or add new stages later; nothing that a person wrote is changed.

    Returns:
        The files that were written.
    """
    if made.contract is not None:
        return start_files.add_stages(settings, made.new_stages)
    return start_files.write_company(settings, made.newest, made.proposal, made.wishes, made.replaces)


def take_back(made: Plan, written: Sequence[Path]) -> None:
    """Undo `write` on day one: what nobody has used yet must not stand in the way of the next try."""
    before = {**made.replaces, **made.kept}
    for path in written if made.contract is None else []:
        if path in before:
            write_whole(path, before[path])
        else:
            path.unlink(missing_ok=True)


def keep(settings: Settings, made: Plan, written: Sequence[Path]) -> None:
    """Keep what was said on day one, so that the next try can change it as long as nothing is published."""
    if made.contract is None:
        own = [path for path in {*written, *made.replaces} if path not in made.kept]
        start_record.keep(settings, made.wishes, sorted(own))


def no_column(column: str, near: Sequence[str]) -> str:
    """A sentence on a column that was not found."""
    kind = "holds numbers" if column == "Amount" else "may be it"
    named = " or ".join(repr(" ".join(label.split())) for label in near[:3])
    return f"no column is {column} ({MISSED[column]})" + (f"; {named} {kind}" if near else "")


def place(settings: Settings, made: Plan, wishes: Wishes) -> list[Path]:
    """Copy the exports into the inbox under dated names.

    Raises:
        InboxError: another file of that day lies there.
    """
    return [start_files.copy(settings, export.peek, export.day, wishes.name) for export in made.exports]
