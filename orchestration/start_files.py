"""What `salesops start` writes: a contract, business files, dated copies in the inbox, a target."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

from ingestion import canonical, draft, labels, landing
from ingestion.business_proposal import Proposal, StageProposal
from ingestion.peek import Peek
from ingestion.survey import ACCOUNT, Survey
from orchestration.settings import Settings
from orchestration.start_wishes import Wishes
from warehouse import company
from warehouse.errors import ConfigurationError, InboxError, write_refused
from warehouse.files import write_whole

DATED = r"_(\d{4}-\d{2}-\d{2})\."


def company_folder(settings: Settings) -> Path:
    """The company folder that is used, or the home's own, which may not be there yet."""
    return settings.sources or settings.home.company


def contract_file(settings: Settings, name: str) -> Path:
    """Where the contract of that name lies."""
    return company_folder(settings) / "contracts" / f"{name}.yml"


def business_files(settings: Settings) -> tuple[Path, Path]:
    """The business files that options speak of: stages and calendar."""
    folder = company_folder(settings) / "business"
    return folder / "stages.yml", folder / "calendar.yml"


def write_company(
    settings: Settings, found: Survey, proposal: Proposal, wishes: Wishes, replaces: Collection[Path] = ()
) -> list[Path]:
    """Write contract, stages, calendar and, where no account says how large it is, one segment.

    Args:
        settings: the place.
        found: the newest export.
        proposal: the company's terms.
        wishes: what a person said.
        replaces: files of an earlier try; every other file that exists stays.

    Returns:
        The files that were written.
    """
    folder, name = company_folder(settings), wishes.name
    stages, calendar = business_files(settings)
    about = (
        f"Written by `salesops start` from {found.peek.path.name}; yours to edit. docs/sources.md explains every key.",
        "An export of deals from a screen: people and companies come from the names in it.",
    )
    naming = draft.Naming(
        id=f"{name}.deals",
        source=draft.slug(name),
        path=f"{name}/{name}_*{found.peek.ending}",
        extract=draft.FileDate(DATED, "%Y-%m-%d", dt.date.min),
        about=about,
    )
    written = {
        contract_file(settings, name): draft.draft(found, naming, {"delivery": "full"} if wishes.is_full else {}),
        stages: _stages(proposal.stages),
        calendar: _calendar(proposal),
    }
    sized = any(
        item.column == "NumberOfEmployees"
        for section in found.sections
        if section.object == ACCOUNT
        for item in section.columns
    )
    if not sized:
        written[folder / "business" / "segments.yml"] = (
            "# The export does not say how large accounts are, so all deals are one segment.\n"
            "segments:\n  - {id: deals, name: All deals}\nrules:\n  - {segment: deals, field: any}\n"
        )
    kept = {path: text for path, text in written.items() if path in replaces or not path.exists()}
    for path, text in kept.items():
        write_whole(path, text)
    listed = {labels.plain(stage.stage) for stage in company.load(folder).stages.stages}
    missing = [stage for stage in proposal.stages if labels.plain(stage.stage) not in listed]
    return [*kept, *add_stages(settings, missing)]


def add_stages(settings: Settings, stages: Sequence[StageProposal]) -> list[Path]:
    """Add new stages to stages.yml, below the others, so that what a person wrote stays as it is."""
    path = company_folder(settings) / "business" / "stages.yml"
    if not stages or not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    last = max((index for index, line in enumerate(lines) if line.lstrip().startswith("- {stage:")), default=None)
    if last is None:
        names = ", ".join(repr(stage.stage) for stage in stages)
        raise ConfigurationError(f"Stages of the file are not listed: {names}", str(path), "add them with their type")
    added = [_stage(stage) for stage in stages]
    write_whole(path, "\n".join([*lines[: last + 1], *added, *lines[last + 1 :]]) + "\n")
    return [path]


def copy(settings: Settings, found: Peek, day: dt.date, name: str) -> Path:
    """Copy one export into the inbox under its day; the same file again changes nothing.

    Raises:
        InboxError: another file of that day lies there.
    """
    target = settings.inbox / name / f"{name}_{day.isoformat()}{found.ending}"
    if target.exists():
        if landing.fingerprint(target)[0] == landing.fingerprint(found.path)[0]:
            return target
        raise InboxError(
            f"The inbox already holds another export of {day}",
            str(target),
            "say the day of this one with --date, or delete the other if it was wrong",
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found.path, target)
    except OSError as error:
        raise write_refused(error, target) from error
    return target


def require_day(settings: Settings, found: Peek, day: dt.date, name: str) -> None:
    """A file that a failed try has brought in keeps its day: what is landed stays, so a second day would be a second export.

    Raises:
        InboxError: it lies in the inbox under another day.
    """
    target = settings.inbox / name / f"{name}_{day.isoformat()}{found.ending}"
    others = [path for path in sorted(target.parent.glob(f"{name}_*{found.ending}")) if path != target]
    same = next((p for p in others if landing.fingerprint(p)[0] == landing.fingerprint(found.path)[0]), None)
    if same is not None:
        raise InboxError(
            f"An earlier try took this file for another day than {day}",
            str(same),
            "give that day with --date; if it is wrong, start in another --home, for this one keeps what came in",
        )


def write_target(settings: Settings, amount: str, period: str, day: dt.date) -> Path | None:
    """Deliver a target of the company for one fiscal quarter, such as 2026-Q4, as a new version; None if it stands already."""
    folder = settings.inbox / "finance"
    before = sorted(folder.glob("targets_start_*.csv"))
    columns = [*canonical.objects()["finance.targets"].key, "amount"]
    rows = [row for path in before for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))]
    same = [row for row in rows if row["period"] == period]
    if same and same[-1]["amount"] == amount:
        return None
    out = io.StringIO()
    values = {"scope": "company", "period": period, "measure": "bookings", "version": f"start-{len(before) + 1:04d}"}
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerow(values | {"amount": amount})
    path = folder / f"targets_start_{len(before) + 1:04d}_{day.isoformat()}.csv"
    write_whole(path, out.getvalue())
    return path


def fiscal_quarter(day: dt.date, start: int) -> str:
    """The fiscal quarter of a day, such as 2026-Q4, for years that begin in month `start` and are named by their end."""
    passed = (day.month - start) % 12
    begun = day.year if day.month >= start else day.year - 1
    return f"{begun + (start > 1)}-Q{passed // 3 + 1}"


def _stages(stages: Sequence[StageProposal]) -> str:
    lines = [
        "# The stages of the export, in order, as `salesops start` proposed them; yours to edit.",
        "# type: open, won or lost. probability: 0 to 1.",
        "stages:",
        *(_stage(stage) for stage in stages),
        "exclusions:",
        '  - {field: name, pattern: "test opportunity%", reason: test}',
        '  - {field: name, pattern: "[test]%", reason: test}',
    ]
    return "\n".join(lines) + "\n"


def _stage(stage: StageProposal) -> str:
    name, category = (json.dumps(text, ensure_ascii=False) for text in (stage.stage, stage.forecast_category))
    return (
        f"  - {{stage: {name}, type: {stage.type}, probability: {stage.probability:g}, forecast_category: {category}}}"
        f"  # {stage.why}"
    )


def _calendar(proposal: Proposal) -> str:
    return (
        f"# Currency: {proposal.why_currency}. Fiscal year: {proposal.why_fiscal}.\n"
        "# The fiscal year is named by the calendar year in which it ends. Times without a zone count as UTC here.\n"
        "timezone: UTC\n"
        f"reporting_currency: {proposal.currency}\n"
        f"fiscal_year_start_month: {proposal.fiscal_start}\n"
        "quota_period: quarter\n"
        "cohort_maturity_days: 180\n"
        "working_minutes: {monday: 480, tuesday: 480, wednesday: 480, thursday: 480, friday: 480, saturday: 0, sunday: 0}\n"
        "holidays: {}\n"
    )
