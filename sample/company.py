"""Writes one invented company: the archive of its exports, its business parameters, and the truth about it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sample import (
    account_exports,
    archive,
    campaign_exports,
    catalogue,
    deal_changes,
    deal_defects,
    deal_team,
    defects,
    diary,
    forecasts,
    hubspot,
    lead_exports,
    marketing,
    operations,
    opportunities,
    people,
    quotas,
    service,
    settings,
    staff,
    territories,
)
from sample.activities import Touches, work
from sample.archive import Versions
from sample.invent import invent
from sample.truth import Defects
from sample.truth import write as write_truth
from sample.world import World
from sample.write import Exports, writing
from warehouse import clock
from warehouse.errors import ConfigurationError
from warehouse.progress import Progress, silent

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
    *,
    every: str = "week",
    exports: int = 4,
    truth: Path | None = None,
    company: Path | None = None,
) -> SampleSummary:
    """Write one company's exports under `out`; the same settings give the same bytes everywhere.

    The archive begins with an export of everything up to its day; each further one carries what was new or changed since. What
    the company looks like in the end does not depend on how many exports there are.

    Args:
        out: the folder; it and the other two are made if missing, and must be empty and apart from each other.
        scale: 1 = some 60 quota-carrying reps, 20,000 leads, 6,000 opportunities and 200,000 activities; all but the reps
            (which grow with its square root) grow in proportion.
        seed: which company; 0 or more.
        through: the last of the 24 months' days, and the day of the last export.
        progress: told after every file.
        every: "week" or "day": how far apart the exports are.
        exports: how many follow the opening one; 0 = one single export.
        truth: where the truth goes, as parquet files; None = nowhere.
        company: where the company's own business parameters go; None = nowhere.

    Raises:
        ConfigurationError: a setting cannot be used, or a folder holds something already.
        SalesOpsError: a folder cannot be written to; DiskFullError when the disk is full.
    """
    _refuse_impossible(scale, seed, through, every, exports)
    _refuse_mixture({"exports": out, "truth": truth, "company": company})
    begun = clock.stopwatch()
    world = invent(scale, seed, through)
    calendar = archive.days(through, every, exports)
    objects, found = _objects(world)
    with Exports(out, progress or silent, archive.count(objects, calendar)) as written:
        archive.write(written, objects, calendar)
    if company is not None:
        with writing(company):
            settings.write(company)
    if truth is not None:
        with writing(truth):
            write_truth(truth, world, [*found, *defects.of_delivery(objects, calendar)])
    return SampleSummary(files=tuple(written.files), rows=written.rows, seconds=clock.stopwatch() - begun)


def _objects(world: World) -> tuple[list[Versions], list[Defects]]:
    """Every object with its versions, and the defects of their records."""
    activities = work(world.seed, world.scale, world.span, world.people, world.leads, world.deals, world.walked)
    todo, calendar = diary.tasks(world, activities), diary.events(world, activities)
    deal_touches = Touches(world.deals.count, activities.deal, activities.day)
    account_touches = Touches(world.book.count, activities.account, activities.day)
    lead_touches = Touches(world.leads.count, activities.lead, activities.day)
    deal_facts, account_facts, lead_facts = (
        opportunities.DealFacts(world), account_exports.AccountFacts(world), lead_exports.LeadFacts(world),
    )  # fmt: skip
    given = quotas.plan(world.seed, world.people, world.span, people.load(world.scale))
    calls = forecasts.Calls(world)
    adjustments = forecasts.Adjustments(world, calls)
    audience = marketing.know(world)
    arrived = marketing.feed(world, audience)
    user_ids = world.spaces["User"]
    objects = [
        *staff.versions(world.people, user_ids, world.span),
        quotas.versions(given, world.people, user_ids, world.span),
        *territories.versions(world),
        *catalogue.versions(world),
        *campaign_exports.versions(world),
        *account_exports.versions(world, account_facts, account_touches),
        *lead_exports.versions(world, lead_facts, lead_touches),
        *opportunities.versions(world, deal_facts, deal_touches),
        deal_changes.versions(world),
        *deal_team.versions(world),
        *forecasts.versions(world, calls, adjustments),
        *diary.versions(world, todo, calendar),
        service.cases(world),
        service.messages(world, todo),
        *marketing.versions(world, audience, arrived),
        *operations.versions(world),
        *hubspot.versions(world),
    ]
    found = [
        *defects.of_people(world, given, adjustments),
        *defects.of_addresses(world, lead_facts, account_facts),
        *deal_defects.found(world, deal_facts, deal_touches),
        *defects.of_activities(todo, calendar),
        *defects.of_marketing(world, audience, arrived),
        *operations.defects(world),
        *hubspot.defects(world),
    ]
    return objects, found


def _refuse_mixture(folders: Mapping[str, Path | None]) -> None:
    """Two companies in one folder would be neither, and nobody's own files are replaced."""
    given = {what: path.resolve() for what, path in folders.items() if path is not None}
    for what, path in given.items():
        for other, place in given.items():
            if other != what and place.is_relative_to(path):
                raise ConfigurationError(
                    f"The {other} would lie within the {what}", str(place), "name folders beside each other"
                )
        if path.is_dir() and any(path.iterdir()):
            raise ConfigurationError(f"The folder for the {what} is not empty", str(path), "empty it, or name another")


def _refuse_impossible(scale: float, seed: int, through: dt.date, every: str, exports: int) -> None:
    if not (math.isfinite(scale) and 0 < scale <= 1000):
        raise ConfigurationError(f"The scale {scale} cannot be used", "scale", "give a number above 0 and up to 1000")
    if seed < 0:
        raise ConfigurationError(f"The seed {seed} cannot be used", "seed", "give a whole number of 0 or more")
    if not _EARLIEST <= through <= _LATEST:
        raise ConfigurationError(
            f"The last day {through} cannot be used", "through", f"give a day from {_EARLIEST} to {_LATEST}"
        )
    if every not in archive.STEPS:
        raise ConfigurationError(f"Exports every {every!r} are not known", "every", f"give one of {', '.join(archive.STEPS)}")
    longest = archive.LONGEST // archive.STEPS[every]
    if not 0 <= exports <= longest:
        raise ConfigurationError(
            f"{exports} further exports are not possible", "exports", f"give a number from 0 to {longest} for every {every}"
        )
