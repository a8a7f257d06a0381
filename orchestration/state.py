"""What `salesops status` says: last run, freshness, failed checks, served version. Reads only, and needs no lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from orchestration.settings import Settings
from warehouse import clock, lock
from warehouse.ledger import Ledger


@dataclass(frozen=True)
class LastRun:
    """The newest run of the main job, as Dagster keeps it. Times are UTC."""

    run_id: str
    status: str
    started: dt.datetime | None
    seconds: float | None


@dataclass(frozen=True)
class State:
    """Everything that status says."""

    home: str
    last_run: LastRun | None
    running: str
    newest_load: dt.datetime | None
    files_loaded: int
    files_quarantined: list[str]
    served_version: str
    served_as_of: dt.date | None
    published_at: dt.datetime | None
    kept_versions: list[str]
    failed_checks: list[str]
    checks_run: int
    up_to_date: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**self.__dict__, "last_run": self.last_run.__dict__ if self.last_run else None}

    def sentences(self) -> Iterator[tuple[str, str]]:
        """A word and what is to be said about it."""
        yield "home", self.home
        yield "served version", f"{self.served_version}, as of {self.served_as_of}" if self.served_version else "none yet"
        if self.published_at:
            yield "published", f"{_ago(self.published_at)} ({self.published_at:%Y-%m-%d %H:%M} UTC)"
        yield "up to date", self.up_to_date
        if self.last_run:
            took = f", {self.last_run.seconds:.0f} s" if self.last_run.seconds is not None else ""
            when = f", {_ago(self.last_run.started)}" if self.last_run.started else ""
            yield "last run", f"{self.last_run.status.lower()}{when}{took} ({self.last_run.run_id[:8]})"
        else:
            yield "last run", "none yet"
        if self.running:
            yield "running now", self.running
        newest = f", the newest {_ago(self.newest_load)}" if self.newest_load else ""
        yield "files loaded", f"{self.files_loaded}{newest}"
        if self.files_quarantined:
            yield "quarantined", ", ".join(self.files_quarantined)
        if not self.checks_run:
            yield "checks", "none have run yet"
        elif self.failed_checks:
            yield "checks", f"{len(self.failed_checks)} of {self.checks_run} are not well:"
            for text in self.failed_checks:
                yield "", text
        else:
            yield "checks", f"all {self.checks_run} passed"
        yield "kept versions", ", ".join(self.kept_versions) or "none"


def look(settings: Settings) -> State:
    """Gather the state of a home.

    Raises:
        StateError: the ledger or the served file is damaged.
    """
    from ingestion import known_files
    from serving.publish import current, history

    ledger = Ledger(settings.home.ledger)
    known = known_files.read(ledger)
    loads = ledger.events(known_files.LOADED)
    served = current(settings.home.serving)
    named = lock.holder(settings.home)
    # A killed process leaves its name; its own lock tells whether it lives.
    holder = named if named is not None and lock.is_alive(settings.home, named.run_id) else None
    checks = list(_checks(settings))
    return State(
        home=str(settings.home.root),
        last_run=_last_run(settings),
        running=f"run {holder.run_id}, process {holder.pid}, since {holder.since} UTC" if holder else "",
        newest_load=dt.datetime.fromisoformat(loads[-1].at) if loads else None,
        files_loaded=sum(file.status == known_files.LOADED for file in known.values()),
        files_quarantined=sorted(_held(settings)),
        served_version=served.version if served else "",
        served_as_of=served.as_of if served else None,
        published_at=served.published_at if served else None,
        kept_versions=[publication.version for publication in history(settings.home.serving)],
        failed_checks=[text for status, text in checks if status != "passed"],
        checks_run=len(checks),
        up_to_date=_up_to_date(settings),
    )


def _held(settings: Settings) -> Iterable[str]:
    from ingestion import ingest
    from warehouse.errors import InboxError

    try:
        return ingest.held(settings.home, settings.contracts(), settings.inbox).files
    except InboxError:
        return ()


def _up_to_date(settings: Settings) -> str:
    from orchestration import currency
    from warehouse.errors import SalesOpsError

    try:
        state = currency.look(settings, None)
    except SalesOpsError as error:
        return f"unknown: {error}"
    if state.rolled_back:
        return f"no: an older version was put back by a person ({state.rolled_back})"
    return "yes" if state.is_current else "no: `salesops run` has something to do"


def _checks(settings: Settings) -> Iterator[tuple[str, str]]:
    import json

    for path in sorted((settings.home.reports / "checks").glob("*.verdict.json")):
        for check in json.loads(path.read_text(encoding="utf-8"))["checks"]:
            yield check["status"], f"{check['status']}: {check['name']}: {check['detail']}"


def _last_run(settings: Settings) -> LastRun | None:
    if not (settings.home.dagster / "dagster.yaml").is_file():
        return None
    from dagster import DagsterInstance, RunsFilter

    from orchestration.resources import JOB

    with DagsterInstance.from_config(str(settings.home.dagster)) as instance:
        records = instance.get_run_records(RunsFilter(job_name=JOB), limit=1)
    if not records:
        return None
    record = records[0]
    started = dt.datetime.fromtimestamp(record.start_time, dt.UTC).replace(tzinfo=None) if record.start_time else None
    seconds = record.end_time - record.start_time if record.end_time and record.start_time else None
    return LastRun(record.dagster_run.run_id, record.dagster_run.status.value, started, seconds)


def _ago(moment: dt.datetime) -> str:
    seconds = max(0, int((clock.now() - moment).total_seconds()))
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = seconds // size
            return f"{number} {word}{'s' if number > 1 else ''} ago"
    return f"{seconds} s ago"
