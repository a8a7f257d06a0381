"""Runs the main job in this process and says what came of it: outcome, exit code, one paragraph."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import currency, steps
from orchestration.resources import JOB, Workplace
from orchestration.settings import Settings
from serving.model import Publication
from warehouse import clock
from warehouse.errors import ConfigurationError, SalesOpsError, StateError, TransformError, cause_of

if TYPE_CHECKING:
    from dagster import AssetKey, DagsterInstance, Definitions

OK, HELD = 0, 2


@dataclass(frozen=True)
class Outcome:
    """What came of `salesops run`."""

    headline: str
    exit_code: int
    seconds: float
    served: Publication | None = None
    held: list[tuple[str, str]] = field(default_factory=list)
    rejected: int = 0
    unclaimed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def run(workplace: Workplace, select: Sequence[str] = (), force: bool = False) -> Outcome:
    """Run the main job, unless the served version is already right.

    Args:
        workplace: where to work.
        select: Dagster asset selections; empty: everything.
        force: run even when nothing changed.

    Raises:
        SalesOpsError: nothing was published; the served version stays.
    """
    started = clock.stopwatch()
    settings = workplace.settings
    settings.home.create()
    if not (select or force or workplace.full_refresh):
        state = currency.look(settings, workplace.date)
        if state.is_current and state.served is not None:
            steps.refresh_plan_book(settings)
            return _current(settings, state, clock.stopwatch() - started)
    before = _served(settings)
    _execute(workplace, settings, select)
    served = _served(settings)
    is_new = served is not None and (before is None or before.version != served.version)
    if select:
        headline = "The selected assets were built."
    elif is_new and served is not None:
        headline = f"Published version {served.version}, as of {served.as_of}."
    else:
        headline = f"Version {served.version if served else '?'} was already right; nothing new was published."
    return _outcome(settings, headline, clock.stopwatch() - started, served, steps.notes(settings))


def instance(settings: Settings) -> DagsterInstance:
    """Dagster's instance of a home, with the committed configuration."""
    from dagster import DagsterInstance

    settings.home.create()
    committed = (Path(__file__).parent / "dagster.yaml").read_text(encoding="utf-8")
    target = settings.home.dagster / "dagster.yaml"
    if not target.is_file() or target.read_text(encoding="utf-8") != committed:
        target.write_text(committed, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(settings.home.dagster)
    return DagsterInstance.from_config(str(settings.home.dagster))


def _execute(workplace: Workplace, settings: Settings, select: Sequence[str]) -> None:
    from orchestration.build import build_defs
    from orchestration.quick_history import quick_history

    settings.export()
    definitions = build_defs(workplace)
    job = definitions.resolve_job_def(JOB)
    keys = _selected(definitions, select) if select else None
    try:
        with quick_history(instance(settings)) as history:
            result = job.execute_in_process(
                instance=history,
                asset_selection=keys,
                raise_on_error=True,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
    except Exception as error:
        refusal = cause_of(error)
        if refusal is not None:
            raise refusal from error
        raise _unforeseen(error, settings) from error
    if not result.success:
        raise StateError("The run did not succeed", f"run {result.run_id}", "see `salesops ui`")


def _selected(definitions: Definitions, select: Sequence[str]) -> list[AssetKey]:
    """The assets that Dagster's selection syntax names, such as kpi/daily_sales, +core/dim_user or group:kpi."""
    from dagster import AssetSelection, DagsterError

    graph = definitions.resolve_asset_graph()
    try:
        found = {key for text in select for key in AssetSelection.from_string(text).resolve(graph)}
    except DagsterError as error:
        names = [key.to_user_string() for key in graph.get_all_asset_keys()]
        close = get_close_matches(select[0].strip("+*"), names, 3, 0.6)
        other = "write assets such as kpi/daily_sales, +core/dim_user or group:kpi"
        raise ConfigurationError(
            f"No asset is named by {' '.join(select)}",
            "--select",
            f"did you mean {' or '.join(close)}?" if close else other,
        ) from error
    return sorted(found, key=str)


def _unforeseen(error: BaseException, settings: Settings) -> SalesOpsError:
    """A failure that is not one of ours: dbt's own, or a bug."""
    inner: BaseException = error
    while inner.__cause__ is not None:
        inner = inner.__cause__
    if "Dbt" in type(inner).__name__:
        return TransformError(
            str(inner).strip(), str(settings.home.dbt_logs / "dbt.log"), "mend the model or the data it names, and run again"
        )
    first = next(iter(str(inner).strip().splitlines()), "")
    return StateError(
        f"Something went wrong that nobody foresaw: {type(inner).__name__}: {first}",
        f"the run's log in `salesops ui`, and {settings.home.dagster}",
        "set SALESOPS_DEBUG=1 and run again for the whole trace, and report it",
    )


def _current(settings: Settings, state: currency.Currency, seconds: float) -> Outcome:
    assert state.served is not None  # noqa: S101
    headline = f"Nothing to do: version {state.served.version}, as of {state.served.as_of}, is right for the current input."
    if state.rolled_back:
        headline = (
            f"Nothing to do: a person put version {state.served.version} back ({state.rolled_back}), and the input is the same "
            "as that of the version that was withdrawn. New files, or `salesops publish`, move on."
        )
    return _outcome(settings, headline, seconds, state.served)


def _outcome(
    settings: Settings, headline: str, seconds: float, served: Publication | None, notes: Sequence[str] = ()
) -> Outcome:
    from ingestion import ingest

    kept = ingest.held(settings.home, settings.contracts(), settings.inbox)
    code = HELD if kept.files or kept.rejected else OK
    return Outcome(headline, code, seconds, served, sorted(kept.files.items()), kept.rejected, kept.unclaimed, list(notes))


def _served(settings: Settings) -> Publication | None:
    from serving.publish import current

    return current(settings.home.serving)
