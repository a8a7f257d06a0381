"""Write, audit, publish: from the build file to the snapshot that readers see; and back to an earlier one.

Nothing is served before it was copied to a new file, read back and found equal to what the checks had passed.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from serving import snapshots
from serving.model import META_SCHEMA, SUFFIX, Publication, PublishedTable, ServedTable, version_name, version_number
from serving.snapshot_writer import verify, write
from warehouse import clock
from warehouse.database import close_all
from warehouse.errors import CheckFailedError, ConfigurationError, PublishError, StateError
from warehouse.progress import Progress, silent

KEEP = 5
STEP = "publish"


def publish(
    build: Path,
    serving: Path,
    tables: Sequence[PublishedTable],
    verdict: Mapping[str, Any],
    fingerprint: str,
    as_of: dt.date,
    run_id: str,
    keep: int = KEEP,
    progress: Progress | None = None,
) -> Publication:
    """Publish tables of the build file as a new version.

    Args:
        build: the build file; nobody may have it open for writing.
        serving: the serving folder; made when it is missing.
        tables: what to publish; at least one.
        verdict: the gate's answer about this very build: `passed`, `hash`, and `tables`: schema.table -> `rows` and `hash` as
            warehouse.database.table_hash gives them. Every published table must be in it.
        fingerprint: of everything the data is a function of (letters and digits); its first 12 characters name the version.
        as_of: the run's date.
        run_id: the run that publishes.
        keep: how many versions stay, this one included.
        progress: told after each table that was checked, copied and verified.

    Returns:
        What is served from now on.

    Raises:
        CheckFailedError: the verdict did not pass.
        PublishError: the verdict is not this build's, or the file could not be written or did not read back equal.
        DiskFullError, LockedError, StateError, ConfigurationError.
        In each case readers keep the version they had, and nothing is left behind but what the next call cleans.
    """
    if keep < 1:
        raise ConfigurationError(f"{keep} is not a number of versions to keep", "keep", "pass 1 or more")
    audited = _admitted(tables, verdict)
    report = _counter(progress or silent, total=3 * len(tables))
    close_all()
    with snapshots.publish_lock(serving):
        with snapshots.writing(serving):
            snapshots.recover(serving)
        version = version_name(_next_number(serving), fingerprint)
        staged = snapshots.staging_folder(serving) / f"{version}{SUFFIX}"
        publication = Publication(
            version, fingerprint, as_of, run_id, clock.now(), str(verdict["hash"]), audited, snapshots.current_file(serving)
        )
        try:
            with snapshots.writing(serving):
                staged.parent.mkdir()
                write(build, staged, tables, verdict, publication, report)
                verify(staged, publication, report)
                snapshots.seal(staged)
                snapshots.sync_folder(staged.parent)
                snapshots.swap(serving, staged)
        except BaseException:
            # An interrupt may even have come just after the swap. What cannot be cleaned now, the next publication cleans.
            with suppress(OSError):
                snapshots.recover(serving)
            raise
        with _tidying(serving, version):
            snapshots.sync_folder(serving)
            snapshots.keep_staged(serving, staged)
            snapshots.prune(serving, keep)
            shutil.rmtree(staged.parent)
    return publication


def current(serving: Path) -> Publication | None:
    """What is served now; None when nothing was published yet.

    Raises:
        StateError: the served file is damaged.
    """
    try:
        return snapshots.read_publication(snapshots.current_file(serving))
    except FileNotFoundError:
        return None


def history(serving: Path) -> list[Publication]:
    """The kept versions, newest first; after a rollback, the served one (see `current`) is not the first.

    Raises:
        StateError: a kept file is damaged; names it.
    """
    found = []
    for version in snapshots.kept_versions(serving):
        try:
            found.append(snapshots.read_publication(snapshots.snapshot_file(serving, version)))
        except FileNotFoundError:
            continue  # pruned by a publication while we read: no longer kept
    served = current(serving)
    # Between a publication's swap and its last step the served version is not among the kept ones yet.
    if served is not None and all(one.version != served.version for one in found):
        found.append(served)
    return sorted(found, key=lambda one: (version_number(one.version) or 0, one.version), reverse=True)


def rollback(serving: Path, to: str | None = None) -> Publication:
    """Serve an earlier version again, in one step; later versions are kept, and a later publication has a greater number.

    Args:
        serving: the serving folder.
        to: a kept version; default: the newest one before the served one.

    Raises:
        PublishError: there is no such version, it is served already, or it does not hold what it held when it was published.
        StateError, DiskFullError, LockedError. In each case the served version stays.
    """
    with snapshots.publish_lock(serving):
        with snapshots.writing(serving):
            snapshots.recover(serving)
        target = snapshots.snapshot_file(serving, _chosen(serving, to))
        publication = snapshots.read_publication(target)
        verify(target, publication, lambda _: None)
        with snapshots.writing(serving):
            snapshots.swap(serving, target)
        with _tidying(serving, publication.version):
            snapshots.sync_folder(serving)
            shutil.rmtree(snapshots.staging_folder(serving))
    return snapshots.read_publication(snapshots.current_file(serving))


def _admitted(tables: Sequence[PublishedTable], verdict: Mapping[str, Any]) -> tuple[ServedTable, ...]:
    """The tables with the rows and hashes of a verdict that lets them pass; refuses any other verdict."""
    # `is`, not truth: a verdict that says "passed": "no" must not pass.
    if verdict.get("passed") is not True:
        raise CheckFailedError(
            "The checks did not pass, so nothing is published",
            "the verdict of the gate",
            "see the failed checks in the Data Docs or with `salesops status`, mend the input and run again; "
            "readers keep the last good version",
        )
    judged = verdict.get("tables")
    if not isinstance(judged, Mapping) or not isinstance(verdict.get("hash"), str) or not verdict["hash"]:
        raise PublishError(
            "The verdict names no tables or has no hash", "the verdict of the gate", "run `salesops validate` again"
        )
    names = [table.full_name for table in tables]
    if not names:
        raise PublishError("There is no table to publish", "the call to publish", "pass at least one table")
    twice = sorted({name for name in names if names.count(name) > 1})
    reserved = sorted(table.full_name for table in tables if table.schema == META_SCHEMA)
    if twice or reserved:
        raise PublishError(
            f"These tables cannot be published: {', '.join(twice or reserved)}",
            "the list of published tables",
            "name each one once" if twice else f"choose another schema: {META_SCHEMA} describes the publication",
        )
    unjudged = sorted(set(names) - set(judged))
    if unjudged:
        raise PublishError(
            f"The checks say nothing about {', '.join(unjudged)}",
            "the verdict of the gate",
            "add a suite for each published table and run `salesops validate` again",
        )
    served = (
        ServedTable(t.schema, t.name, int(judged[t.full_name]["rows"]), str(judged[t.full_name]["hash"]), t.description)
        for t in tables
    )
    return tuple(sorted(served, key=lambda table: (table.schema, table.name)))


def _next_number(serving: Path) -> int:
    names = snapshots.kept_versions(serving)
    try:
        served = current(serving)
    except StateError:
        served = None  # damaged: publishing again is what repairs it
    if served is not None:
        names = [*names, served.version]
    return 1 + max((version_number(name) or 0 for name in names), default=0)


def _chosen(serving: Path, to: str | None) -> str:
    kept = snapshots.kept_versions(serving)
    listed = f"kept versions: {', '.join(kept)}" if kept else "publish with `salesops run`"
    try:
        served = current(serving)
    except StateError:
        # Damaged, and its twin among the kept ones with it: any other version is a way back.
        damaged = snapshots.current_file(serving)
        candidates = [name for name in kept if not snapshots.snapshot_file(serving, name).samefile(damaged)]
        served = None
    else:
        now = version_number(served.version) if served else None
        candidates = [name for name in kept if now is None or (version_number(name) or 0) < now]
    if to is None:
        if not candidates:
            raise PublishError("There is no earlier version to go back to", str(serving), listed)
        return candidates[0]
    if to not in kept:
        raise PublishError(f"There is no version {to}", str(snapshots.snapshots_folder(serving)), listed)
    if served is not None and served.version == to:
        raise PublishError(f"Version {to} is the one that is served", str(serving), listed)
    return to


@contextmanager
def _tidying(serving: Path, version: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PublishError(
            f"Version {version} is served, but the folder could not be tidied: {error}",
            str(serving),
            "mend the cause; the next publication tidies up",
        ) from error


def _counter(progress: Progress, total: int) -> Callable[[str], None]:
    done = 0

    def report(detail: str) -> None:
        nonlocal done
        done += 1
        progress(STEP, done, total, detail)

    return report
