"""What `salesops start` looks up once a run is done: the exports so far, the first page, what moved, what was refused."""

from __future__ import annotations

import datetime as dt

from expectations.rules import LAYERS
from expectations.verdict import RuleResult, read_verdict
from ingestion import contract_reader, draft
from ingestion.movement import Movement, movement
from orchestration import start_files
from orchestration.settings import Settings
from orchestration.start_wishes import Wishes
from serving.first_page import FirstPage, first_page
from warehouse import database


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
