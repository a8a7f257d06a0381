"""The gate: runs the rules of one layer and decides which outcomes let publishing go on (law 8).

An empty suite, an empty table where rows are required, and an exception inside a check are failures here, because Great
Expectations passes the first two; every expected check must report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from expectations.conditions import SQL_RULE, checked_rows, shown_columns
from expectations.failing_rows import write_failing_rows
from expectations.rules import Rule, unique_names
from expectations.verdict import GateResult, RuleResult, Status, TableState
from warehouse import database as db
from warehouse.clock import stopwatch
from warehouse.progress import Progress, silent

if TYPE_CHECKING:
    from expectations.checking import Observation

_NO_VALUE_NEEDED = frozenset({"expect_column_values_to_be_null", "expect_column_values_to_not_be_null"})


def run_gate(
    database: Path,
    layer: str,
    rules: Sequence[Rule],
    accepted: Mapping[str, str],
    out: Path,
    progress: Progress | None = None,
    audited: Sequence[str] = (),
) -> GateResult:
    """Run every rule of a layer on a database file and say what lets publishing go on.

    Args:
        database: the file; opened read-only, closed at the end.
        layer: raw, staging or marts; rules of other layers are left alone.
        rules: all rules known.
        accepted: rule name -> the reason a person gave for publishing although it fails.
        out: folder for the failing rows (`<layer>/<rule>.parquet`, `.csv`) and the verdict (`<layer>.verdict.json`).
        progress: told after each table.
        audited: tables ("schema.table") whose content the verdict holds too, though no rule of the layer reads them.

    Returns:
        one result for every rule of the layer; the verdict is written as well.

    Raises:
        ConfigurationError: two rules have one name.
        StateError: the file cannot be opened.
    """
    unique_names(rules)
    own = [rule for rule in rules if rule.layer == layer]
    folder = out / layer
    _clear(folder)
    if not own:
        empty = GateResult(layer, (), {}, (f"the {layer} suite is empty: nothing was checked",), tuple(sorted(accepted)))
        empty.write(out / f"{layer}.verdict.json")
        return empty
    look = _Look(database, own)
    seen, seconds = _observe(database, own, look, progress or silent)
    connection = db.connect(database, read_only=True)
    try:
        results = tuple(_accept(_judge(connection, rule, seen.get(rule.name), look, folder, seconds), accepted) for rule in own)
        tables = {
            table: TableState(*db.table_hash(connection, table))
            for table in sorted({table for rule in own for table in rule.tables if table in look.rows} | set(audited))
        }
    finally:
        connection.close()
    used = {result.name for result in results if result.status is Status.ACCEPTED}
    verdict = GateResult(layer, results, tables, _unexpected(own, seen), tuple(sorted(set(accepted) - used)))
    verdict.write(out / f"{layer}.verdict.json")
    return verdict


def blocked_gate(layer: str, rules: Sequence[Rule], reason: str) -> GateResult:
    """The verdict of a gate that could not run because something before it failed: every check is blocked."""
    own = [rule for rule in rules if rule.layer == layer]
    return GateResult(layer, tuple(_result(rule, Status.BLOCKED, reason) for rule in own), {})


class _Look:
    """A first look at the file: which tables exist, their rows, and which hold several versions of one key."""

    def __init__(self, database: Path, rules: Sequence[Rule]) -> None:
        self.rows: dict[str, int] = {}
        self.versioned: set[tuple[str, tuple[str, ...]]] = set()
        connection = db.connect(database, read_only=True)
        try:
            existing = {
                f"{schema}.{table}": {str(column) for column in columns}
                for schema, table, columns in connection.execute(
                    "SELECT table_schema, table_name, list(column_name) FROM information_schema.columns GROUP BY ALL"
                ).fetchall()
            }
            for table in sorted({table for rule in rules for table in rule.tables} & existing.keys()):
                self.rows[table] = _count(connection, f"SELECT count(*) FROM {_quoted(table)}")
            for table, key in sorted({(rule.table, rule.key) for rule in rules if rule.current_by and rule.key}):
                if table in self.rows and set(key) <= existing[table] and self._repeats(connection, table, key):
                    self.versioned.add((table, key))
        finally:
            connection.close()

    def _repeats(self, connection: duckdb.DuckDBPyConnection, table: str, key: tuple[str, ...]) -> bool:
        columns = ", ".join(db.quote(column) for column in key)
        # As many hashes as rows prove that every key occurs once.
        return _count(connection, f"SELECT count(DISTINCT hash({columns})) FROM {_quoted(table)}") < self.rows[table]


def _observe(
    database: Path, rules: Sequence[Rule], look: _Look, progress: Progress
) -> tuple[dict[str, Observation], dict[str, float]]:
    """Ask Great Expectations, one table at a time; a table it cannot open errs for each of its rules."""
    from expectations.checking import Checker, Observation

    groups: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Rule]] = defaultdict(list)
    for rule in rules:
        if all(table in look.rows for table in rule.tables):
            groups[rule.table, rule.key if rule.current_by else (), rule.current_by].append(rule)
    seen: dict[str, Observation] = {}
    seconds: dict[str, float] = {}
    step, done = f"check {rules[0].layer}", 0
    checker = Checker(database)
    try:
        for (table, key, _), members in groups.items():
            started = stopwatch()
            try:
                seen.update(checker.check(table, members, (table, key) in look.versioned))
            # Whatever a check raises is an outcome (law 8: an exception is a failure), not the end of the run.
            except Exception as error:  # noqa: BLE001
                message = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no message'}"
                seen.update({rule.name: Observation(success=None, exception=message) for rule in members})
            done += len(members)
            for rule in members:
                seconds[rule.name] = stopwatch() - started
            progress(step, done, len(rules), table)
    finally:
        checker.close()
    return seen, seconds


def _judge(
    connection: duckdb.DuckDBPyConnection,
    rule: Rule,
    observation: Observation | None,
    look: _Look,
    folder: Path,
    seconds: Mapping[str, float],
) -> RuleResult:
    """One rule's outcome, before acceptances."""
    absent = [table for table in rule.tables if table not in look.rows]
    if absent:
        return _result(rule, Status.BLOCKED, f"there is no table {absent[0]} to check")
    if observation is None:
        return _result(rule, Status.NOT_RUN, "the check was expected and did not report")
    took = seconds.get(rule.name, 0.0)
    if observation.success is None:
        return _result(rule, Status.ERRORED, f"the check itself failed: {observation.exception}", seconds=took)
    try:
        checked = _checked_rows(connection, rule, observation, look)
        failed = observation.failed_rows
        listed = None
        if failed:
            written = write_failing_rows(connection, rule, folder / rule.name)
            listed = str(folder / rule.name)
            if written != failed:
                detail = f"Great Expectations counts {failed} failing rows, the listing holds {written}"
                return _result(rule, Status.ERRORED, detail, failed, checked, observation.observed, listed, took)
    except duckdb.Error as error:
        return _result(rule, Status.ERRORED, f"the failing rows cannot be listed: {str(error).splitlines()[0]}", seconds=took)
    status, detail = _outcome(rule, observation, look.rows[rule.table], checked)
    return _result(rule, status, detail, failed, checked, observation.observed, listed, took)


def _checked_rows(connection: duckdb.DuckDBPyConnection, rule: Rule, observation: Observation, look: _Look) -> int | None:
    if observation.looked_at is not None:
        return observation.looked_at
    if rule.expectation != SQL_RULE:
        return look.rows[rule.table]
    rows = checked_rows(rule.table, rule.key, rule.current_by if (rule.table, rule.key) in look.versioned else ())
    where = f" WHERE {rule.population}" if rule.population else ""
    return _count(connection, f"SELECT count(*) FROM ({rows}){where}")


def _outcome(rule: Rule, observation: Observation, rows: int, checked: int | None) -> tuple[Status, str]:
    if rows == 0 and rule.rows_required:
        return Status.FAILED, f"{rule.table} is empty, and rows are required"
    if observation.success:
        return _passed(rule, rows, checked)
    if observation.failed_rows is None:
        return Status.FAILED if rule.severity == "error" else Status.WARNED, f"observed {observation.observed}"
    rate = observation.failed_rows / checked if checked else 1.0
    detail = f"{observation.failed_rows:,} of {checked or 0:,} rows fail ({100 * rate:.3g} %)"
    if rule.severity == "warn" and rule.max_failure_rate is not None and rate > rule.max_failure_rate:
        return Status.FAILED, f"{detail}, more than the {100 * rule.max_failure_rate:g} % that only warn"
    return Status.FAILED if rule.severity == "error" else Status.WARNED, detail


def _passed(rule: Rule, rows: int, checked: int | None) -> tuple[Status, str]:
    """Great Expectations passes what it had nothing to judge by; that is said, and fails where rows are required."""
    if rows == 0:
        return Status.PASSED, "no rows, none required"
    if checked == 0 and rule.expectation != SQL_RULE and rule.expectation not in _NO_VALUE_NEEDED:
        names = " or ".join(shown_columns(rule.expectation, rule.kwargs))
        detail = f"no value to check: {names} is NULL in every one of {rows:,} rows"
        return Status.FAILED if rule.rows_required else Status.PASSED, detail
    return Status.PASSED, ""


def _accept(result: RuleResult, accepted: Mapping[str, str]) -> RuleResult:
    """A person may accept a failing rule by name; an exception or a missing report says nothing that could be accepted."""
    reason = accepted.get(result.name, "").strip()
    if result.status is Status.FAILED and reason:
        return replace(result, status=Status.ACCEPTED, accepted_because=reason)
    return result


def _unexpected(rules: Sequence[Rule], seen: Mapping[str, Observation]) -> tuple[str, ...]:
    strangers = sorted(set(seen) - {rule.name for rule in rules})
    return (f"checks reported that nobody expected: {', '.join(strangers)}",) if strangers else ()


def _result(
    rule: Rule,
    status: Status,
    detail: str,
    failed: int | None = None,
    checked: int | None = None,
    observed: str | None = None,
    listed: str | None = None,
    seconds: float = 0.0,
) -> RuleResult:
    return RuleResult(
        name=rule.name,
        layer=rule.layer,
        table=rule.table,
        expectation=rule.expectation,
        kwargs=rule.kwargs,
        severity=rule.severity,
        max_failure_rate=rule.max_failure_rate,
        question=rule.question,
        how_to_fix=rule.how_to_fix,
        key=rule.key,
        source=rule.source,
        check_version=rule.check_version,
        status=status,
        detail=detail,
        failed_rows=failed,
        checked_rows=checked,
        observed=observed,
        failing_rows=listed,
        seconds=seconds,
    )


def _clear(folder: Path) -> None:
    """Remove the rows listed by an earlier run: a rule that passes now lists none."""
    folder.mkdir(parents=True, exist_ok=True)
    for pattern in ("*.parquet", "*.csv"):
        for path in folder.glob(pattern):
            path.unlink()


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _quoted(table: str) -> str:
    schema, name = table.split(".", 1)
    return f"{db.quote(schema)}.{db.quote(name)}"
