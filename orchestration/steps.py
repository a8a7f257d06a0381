"""The steps of a run as plain calls into the rooms; Dagster's assets and the command line both use these."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from expectations import rules as rule_room
from expectations.contract_quality import rules_from_contract_quality
from expectations.rules import Rule
from ingestion import erase
from ingestion import ingest as ingest_room
from ingestion.inbox_pass import IngestReport
from orchestration import catalog, decision_steps, fingerprint
from orchestration.progress import report as progress
from orchestration.settings import Settings
from serving.model import Publication
from warehouse import config_tables, database, personal
from warehouse.errors import CheckFailedError, ConfigurationError, InboxError, StateError
from warehouse.files import write_whole

LAYERS = rule_room.LAYERS


def rules(settings: Settings) -> tuple[Rule, ...]:
    """Every rule that holds: the suites, and the quality rules of the contracts as raw suites."""
    quality = [rule for contract in settings.contracts() for entry in contract.entries for rule in entry.quality]
    return (*rule_room.load_suites(), *rules_from_contract_quality(quality))


def ingest(settings: Settings) -> IngestReport:
    """Bring the raw tables up to date and write down what came of each file."""
    report = ingest_room.ingest(settings.home, settings.contracts(), settings.inbox, progress)
    _write_json(settings.home.reports / "ingest.json", report.as_dict())
    return report


def configure(settings: Settings, as_of: dt.date | None) -> dt.date:
    """Write the schemas `config` and `ledger`; the date is the one asked for, or the business date of the newest record.

    Raises:
        InboxError: no date was asked for and no record carries one; names what was held back.
    """
    company = settings.company()
    connection = database.connect(settings.home.build)
    try:
        chosen = as_of or ingest_room.business_date(connection, company.zone)
        if chosen is None:
            raise _no_day(settings)
        config_tables.write(connection, company, chosen, fingerprint.build_mark())
        personal.write_table(connection, settings.home.root)
        decision_steps.write_table(settings, connection)
        return chosen
    finally:
        connection.close()


def _no_day(settings: Settings) -> InboxError:
    held = ingest_room.held(settings.home, settings.contracts(), settings.inbox)
    if held.files:
        name, reason = min(held.files.items())
        more = f", and {len(held.files) - 1} more files are held back" if len(held.files) > 1 else ""
        return InboxError(
            f"No record could be loaded, so there is no day to compute for. {name}: {reason}{more}",
            str(settings.inbox),
            "mend the file or its contract; `salesops quarantine list` and `show` say more",
        )
    return InboxError(
        "No record carries a date yet, so there is no day to compute for",
        str(settings.inbox),
        "drop exports into the inbox, mark a column of its contract with asOf (docs/sources.md), or give a date with --as-of",
    )


# A month of silence is a late export; more is a wrong date.
DAYS_WITHOUT_RECORDS = 31


def notes(settings: Settings) -> list[str]:
    """What whoever ran should know although it stops nothing: a date far from the data, rules that are not well."""
    said = []
    if erase.under_way(settings.home) is not None:
        said.append("an erasure was interrupted and people are not gone yet: `salesops erase` goes on")
    day = as_of(settings)
    with database.connect(settings.home.build, read_only=True) as connection:
        newest = ingest_room.business_date(connection, settings.company().zone)
    if day is not None and newest is not None and (day - newest).days > DAYS_WITHOUT_RECORDS:
        said.append(f"everything is as of {day}, {(day - newest).days} days after the newest record ({newest})")
    results = [result for layer in LAYERS if (verdict := _verdict(settings, layer)) is not None for result in verdict.results]
    unwell = sum(result.status.value != "passed" for result in results)
    if unwell:
        said.append(f"{unwell} of {len(results)} rules are not well; the validation report lists them")
    return said


def is_built(settings: Settings) -> bool:
    """Whether every mart is in the build file."""
    if not settings.home.build.is_file():
        return False
    with database.connect(settings.home.build, read_only=True) as connection:
        rows = connection.execute("SELECT table_schema || '.' || table_name FROM information_schema.tables").fetchall()
    return {table.full_name for table in catalog.published(settings)} <= {name for (name,) in rows}


def as_of(settings: Settings) -> dt.date | None:
    """The date of the build file; None before it was configured for the first time."""
    connection = database.connect(settings.home.build, read_only=True)
    try:
        row = connection.execute("SELECT as_of FROM config.run_context").fetchone()
        return row[0] if row else None
    except duckdb.CatalogException:
        return None
    finally:
        connection.close()


@dataclass(frozen=True)
class Gated:
    """What the checks of some layers said, and where the report lies."""

    result: Any
    docs: Path


def check(settings: Settings, layers: Sequence[str], run_id: str) -> Gated:
    """Run the suites of some layers, write the verdicts and the report; whether they pass is for the caller to ask."""
    from expectations import gate
    from expectations.verdict import combine

    known = rules(settings)
    accepted = fingerprint.accepted(settings)
    out = settings.home.reports / "checks"
    # What later layers said was said of an older build.
    for later in LAYERS[LAYERS.index(layers[-1]) + 1 :]:
        (out / f"{later}.verdict.json").unlink(missing_ok=True)
    # Only after the last layer is every mart there.
    audited = catalog.published(settings) if layers[-1] == LAYERS[-1] else []
    results = [
        gate.run_gate(settings.home.build, layer, known, accepted, out, progress, audited=[t.full_name for t in audited])
        for layer in layers
    ]
    return Gated(combine(results), write_docs(settings, run_id))


def write_docs(settings: Settings, run_id: str) -> Path:
    """The validation report over the latest verdict of every layer."""
    from expectations.data_docs import write_data_docs

    verdicts = [verdict for layer in LAYERS if (verdict := _verdict(settings, layer)) is not None]
    return write_data_docs(
        verdicts, settings.home.reports / "data_docs", "Validation report", run_id, as_of(settings) or "not known yet"
    )


def write_plan_book(settings: Settings) -> Path:
    """The first page over what is served now, with what the checks of its build said."""
    from serving import snapshots
    from serving.plan_book import CheckLine
    from serving.plan_book import write_plan_book as write

    lines = [
        CheckLine(r.name, r.table, r.status.value, r.severity, r.detail, r.question, r.how_to_fix, r.failed_rows)
        for layer in LAYERS
        if (verdict := _verdict(settings, layer)) is not None
        for r in verdict.results
    ]
    currency = settings.company().calendar.reporting_currency
    current = snapshots.current_file(settings.home.serving)
    return write(current, settings.home.plan_book.parent, lines, progress, currency=currency)


def refresh_plan_book(settings: Settings) -> None:
    """Write the first page again if it is not about what is served: a killed run, or a publication by hand."""
    from serving import page_version
    from serving.publish import current

    served = current(settings.home.serving)
    if served is not None and page_version.shown(settings.home.plan_book) != served.version:
        write_plan_book(settings)


def publish(settings: Settings, run_id: str, asked: dt.date | None) -> tuple[Publication, bool]:
    """Publish the build file if its verdict allows it; (what is served, whether it is new).

    A build that is equal to what is served is not published again.

    Raises:
        CheckFailedError, PublishError, DiskFullError: see serving.publish.
    """
    from expectations.verdict import combine
    from serving.publish import current
    from serving.publish import publish as publish_room

    verdicts = [_verdict(settings, layer) for layer in LAYERS]
    missing = [layer for layer, verdict in zip(LAYERS, verdicts, strict=True) if verdict is None]
    if missing:
        raise CheckFailedError(
            f"The {' and '.join(missing)} checks have not run on this build",
            str(settings.home.build),
            "run `salesops validate`",
        )
    verdict = combine([verdict for verdict in verdicts if verdict is not None])
    mark = fingerprint.of(settings, asked)
    served = current(settings.home.serving)
    document = verdict.to_json() | {"passed": verdict.may_publish}
    if served is not None and served.fingerprint == mark and verdict.may_publish and _same(served, document):
        return served, False
    tables = catalog.published(settings)
    day = as_of(settings)
    if day is None:
        raise StateError("The build has no as_of yet", str(settings.home.build), "run `salesops run`")
    publication = publish_room(
        settings.home.build,
        settings.home.serving,
        tables,
        document,
        mark,
        day,
        run_id,
        progress=progress,
    )
    return publication, True


def accept(settings: Settings, rule: str, reason: str, by: str) -> None:
    """Let a failing rule pass by name, or withdraw that with an empty reason; kept in the ledger.

    Raises:
        ConfigurationError: there is no such rule, or nothing to withdraw.
    """
    from difflib import get_close_matches

    from warehouse.ledger import Ledger

    names = [item.name for item in rules(settings)]
    if rule not in names:
        close = get_close_matches(rule, names, 3, 0.5)
        raise ConfigurationError(
            f"There is no rule {rule!r}",
            "--accept",
            f"did you mean {' or '.join(close)}?" if close else "see `salesops validate`",
        )
    if not reason and rule not in fingerprint.accepted(settings):
        raise ConfigurationError(f"The rule {rule!r} was not accepted", "--withdraw", "there is nothing to take back")
    Ledger(settings.home.ledger).append(fingerprint.ACCEPTED, {"rule": rule, "reason": reason, "by": by})


def rollback(settings: Settings, to: str | None, reason: str, by: str) -> tuple[Publication, Publication]:
    """Serve an older kept version again, and keep in the ledger who asked and why; (before, after).

    Raises:
        PublishError, ConfigurationError: there is no such version.
    """
    from orchestration.currency import ROLLED_BACK
    from serving.publish import current
    from serving.publish import rollback as rollback_room
    from warehouse.ledger import Ledger

    before = current(settings.home.serving)
    after = rollback_room(settings.home.serving, to)
    if before is None:
        return after, after
    body = {"from": before.version, "from_fingerprint": before.fingerprint, "to": after.version, "reason": reason, "by": by}
    Ledger(settings.home.ledger).append(ROLLED_BACK, body)
    return before, after


def _verdict(settings: Settings, layer: str) -> Any:
    from expectations.verdict import read_verdict

    path = settings.home.reports / "checks" / f"{layer}.verdict.json"
    return read_verdict(path) if path.is_file() else None


def _same(served: Publication, verdict: dict[str, Any]) -> bool:
    tables = verdict["tables"]
    return all(tables.get(t.full_name, {}).get("hash") == t.hash for t in served.tables)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    write_whole(path, json.dumps(content, indent=1, default=str, ensure_ascii=False) + "\n")
