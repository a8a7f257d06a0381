"""Dagster resources: the working place, and the build file under its lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster import ConfigurableResource, DagsterInstance, DagsterRunStatus, InitResourceContext, RunsFilter
from pydantic import Field

from orchestration.settings import Settings, parse_date
from warehouse import clock, database, lock
from warehouse.home import Home

JOB = "salesops"
IMPLEMENT_JOB = "implement_plan"
GRACE_SECONDS = 60.0


class Workplace(ConfigurableResource):  # type: ignore[type-arg]
    """Which home, inbox and company folder a run works on, and for which date."""

    home: str | None = Field(default=None, description="SALESOPS_HOME; default: the environment's, else ./var.")
    inbox: str | None = Field(default=None, description="Where exports lie; default: SALESOPS_INBOX, else the home's inbox.")
    sources: str | None = Field(default=None, description="A company folder; default: SALESOPS_SOURCES, else the built-in one.")
    as_of: str | None = Field(default=None, description="The date to compute for, YYYY-MM-DD; default: the newest record's.")
    full_refresh: bool = Field(default=False, description="Build incremental models anew.")

    @property
    def settings(self) -> Settings:
        """The same, resolved."""
        return Settings.find(self.home, self.inbox, self.sources)

    @property
    def date(self) -> dt.date | None:
        """The date that was asked for."""
        return parse_date(self.as_of) if self.as_of else None


class BuildFile(ConfigurableResource):  # type: ignore[type-arg]
    """The build file, held by this run alone from its first step to its last (law 9)."""

    workplace: Workplace

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator[BuildFile]:
        """Take the lock, mark runs whose process died as failed, and give the lock back at the end."""
        home = self.workplace.settings.home.create()
        run_id = context.run_id or "unknown"
        with lock.build_lock(home, run_id):
            if context.instance is not None:
                fail_dead_runs(context.instance, home, run_id)
            try:
                yield self
            finally:
                database.close_all()


def fail_dead_runs(instance: DagsterInstance, home: Home, own_run_id: str | None = None) -> list[str]:
    """Mark started runs as failed whose process is gone: the operating system freed the lock it held.

    Returns:
        the ids of the runs that were marked.
    """
    started = RunsFilter(job_name=JOB, statuses=[DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING])
    dead = []
    for record in instance.get_run_records(started):
        run = record.dagster_run
        alive = lock.is_alive(home, run.run_id)
        # A run that has just started takes a moment to say that it lives.
        young = clock.timestamp() - (record.start_time or clock.timestamp()) < GRACE_SECONDS
        if run.run_id != own_run_id and not alive and not (alive is None and young):
            instance.report_run_failed(run, "The process of this run is gone; nobody holds its lock.")
            dead.append(run.run_id)
    return dead


def overrides_of(workplace: Workplace) -> dict[str, Any]:
    """The resources that follow from a working place."""
    from orchestration.dbt_in_process import DbtInProcessResource
    from orchestration.settings import DBT_PROJECT

    home = workplace.settings.home
    return {
        "workplace": workplace,
        "build_file": BuildFile(workplace=workplace),
        "dbt": DbtInProcessResource(
            project_dir=str(DBT_PROJECT),
            target_path=str(home.dbt_target),
            log_path=str(home.dbt_logs),
            env={"SALESOPS_HOME": str(home.root)},
        ),
    }
