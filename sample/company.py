"""Puts one invented company together, from the people to the last marketing event, and writes its exports."""

from __future__ import annotations

import datetime as dt
import math
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from sample import accounts, activities, companies, deals, history, leads, marketing, opportunities, people, products, quotas
from sample.diary import Diary
from sample.ids import IdSpace
from sample.moments import Span
from sample.write import Exports
from warehouse import clock
from warehouse.errors import ConfigurationError
from warehouse.progress import Progress, silent

_FILES = 14
_STRANGERS_PER_SCALE = 13_000
_EARLIEST, _LATEST = dt.date(2000, 1, 1), dt.date(2100, 12, 31)


@dataclass(frozen=True)
class SampleSummary:
    """What was written: the files, the rows by object (such as "salesforce.Lead"), and the wall time."""

    files: tuple[Path, ...]
    rows: dict[str, int]
    seconds: float

    @property
    def total_rows(self) -> int:
        """Rows of all files together."""
        return sum(self.rows.values())


def generate(
    out: Path,
    scale: float = 1.0,
    seed: int = 1,
    through: dt.date = dt.date(2026, 10, 31),
    progress: Progress | None = None,
) -> SampleSummary:
    """Write one company's exports under `out`; the same scale, seed and `through` give the same bytes everywhere.

    Args:
        out: the folder; made if missing, files of the same names are replaced.
        scale: 1 = some 60 quota-carrying reps, 20,000 leads, 6,000 opportunities and 200,000 activities; all but the reps
            (which grow with its square root) grow in proportion.
        seed: which company; 0 or more.
        through: the last of the 24 months' days, and the day that the file names carry.
        progress: told after every file.

    Raises:
        ConfigurationError: scale, seed or through cannot be used.
        SalesOpsError: the folder cannot be written to; DiskFullError when the disk is full.
    """
    _refuse_impossible(scale, seed, through)
    begun = clock.stopwatch()
    with Exports(out, through, progress or silent, _FILES) as exports:
        _write(exports, scale, seed, Span(through))
    return SampleSummary(files=tuple(exports.files), rows=exports.rows, seconds=clock.stopwatch() - begun)


def _write(exports: Exports, scale: float, seed: int, span: Span) -> None:
    staff = people.hire(seed, scale, span)
    pools = people.owners(staff, span)
    opening = deals.open_deals(seed, scale, span)
    book = accounts.enter(seed, scale, opening)
    market = companies.found(seed, book.originals + max(20, round(_STRANGERS_PER_SCALE * scale)))
    played = deals.play(seed, span, staff, pools, opening, book.of_deal, market.segment[: book.originals], book.legacy)
    walked = history.walk(seed, span, staff, played)
    interest = leads.gather(seed, scale, span, staff, pools, played, market, book)
    contacts = accounts.contact_count(scale, book)
    spaces = {
        "User": IdSpace("User", staff.count),
        "Account": IdSpace("Account", book.count),
        "Contact": IdSpace("Contact", contacts),
        "Opportunity": IdSpace("Opportunity", played.count),
        "Lead": IdSpace("Lead", interest.count),
    }

    touch = activities.LastTouch(interest.count, played.count, book.count)
    diary = Diary(seed, span, staff, spaces)
    with ExitStack() as stack:
        task_file = stack.enter_context(exports.open("salesforce", "Task", quote_all=True))
        event_file = stack.enter_context(exports.open("salesforce", "Event", quote_all=True))
        for part in activities.parts(seed, scale, span, staff, interest, played, walked):
            touch.note(part)
            task_rows, event_rows = diary.rows(part)
            task_file.table(task_rows)
            event_file.table(event_rows)

    keeping = accounts.assign(seed, span, pools, book, market, played)
    faces = accounts.faces(seed, contacts, book, interest.account, interest.first_name, interest.last_name)
    user_ids, deal_ids = spaces["User"], spaces["Opportunity"]

    def crm(name: str, rows: pa.Table) -> None:
        with exports.open("salesforce", name, quote_all=True) as export:
            export.table(rows)

    crm("User", people.users(staff, user_ids, span))
    crm("ForecastingQuota", quotas.quotas(staff, user_ids, span, people.load(scale)))
    crm("Product2", products.list_products())
    crm("Account", accounts.account_rows(seed, span, book, keeping, market, played, spaces, touch.account))
    crm("Contact", accounts.contact_rows(seed, span, book, keeping, faces, market, spaces))
    crm("Lead", leads.export(seed, span, interest, market, spaces, touch.lead))
    crm("Opportunity", opportunities.export(seed, span, played, walked, market, spaces, touch.deal))
    crm("OpportunityHistory", history.opportunity_history(played, walked, deal_ids, user_ids))
    crm("OpportunityLineItem", products.line_items(played.lines, deal_ids, played.close_day))

    audience = marketing.know(seed, span, interest)
    newest = np.zeros(audience.count, dtype=np.int64)
    with exports.open("encharge", "events", suffix="jsonl") as export:
        for lines in marketing.event_lines(seed, scale, audience, marketing.persons(audience, interest), newest):
            export.lines(lines)
    with exports.open("encharge", "people") as export:
        export.table(marketing.people_rows(seed, audience, interest, market, newest))
    with exports.open("hr", "employees") as export:
        export.table(people.employees(staff, user_ids, span))


def _refuse_impossible(scale: float, seed: int, through: dt.date) -> None:
    if not (math.isfinite(scale) and 0 < scale <= 1000):
        raise ConfigurationError(f"The scale {scale} cannot be used", "scale", "give a number above 0 and up to 1000")
    if seed < 0:
        raise ConfigurationError(f"The seed {seed} cannot be used", "seed", "give a whole number of 0 or more")
    if not _EARLIEST <= through <= _LATEST:
        raise ConfigurationError(
            f"The last day {through} cannot be used", "through", f"give a day from {_EARLIEST} to {_LATEST}"
        )
