"""Runs rules through Great Expectations inside DuckDB and says what it saw; decides nothing.

The one module that imports great_expectations besides the engine and its metrics; import it only where checks run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import great_expectations as gx
import sqlalchemy as sa
from great_expectations.core.expectation_suite import ExpectationSuite
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

import expectations.duckdb_metrics  # noqa: F401  (registers them)
from expectations.conditions import SQL_RULE, checked_rows
from expectations.duckdb_engine import DuckDBDatasource, connection_string
from expectations.rules import Rule

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult, ExpectationValidationResult
    from great_expectations.datasource.fluent.interfaces import Batch

# Counts only: LIMIT 0 costs nothing, and the failing rows are listed in full by a query of our own.
COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0, "exclude_unexpected_values": True}


@dataclass(frozen=True)
class Observation:
    """What Great Expectations saw for one rule.

    Attributes:
        success: its own verdict; None when it raised.
        failed_rows: failing rows; None for an expectation about the whole table.
        looked_at: rows with a value to judge; None where the expectation does not say.
        observed: the measured value of an expectation about the whole table.
        exception: the message, when the check raised.
    """

    success: bool | None
    failed_rows: int | None = None
    looked_at: int | None = None
    observed: str | None = None
    exception: str = ""


class Checker:
    """Great Expectations over one database file, opened read-only: no rule can change what it checks."""

    def __init__(self, database: Path) -> None:
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = {"globally": False}
        self._datasource: DuckDBDatasource = self._context.data_sources.add_duckdb(
            "build",
            connection_string=connection_string(database),
            kwargs={"connect_args": {"read_only": True}},
        )
        self._batches = 0

    def check(self, table: str, rules: Sequence[Rule], versioned: bool) -> dict[str, Observation]:
        """Run the rules of one table together, so that one scan answers as many as possible.

        Args:
            table: "schema.table".
            rules: all of them with the same key and current_by.
            versioned: whether a key occurs more than once, so that the newest version has to be picked first.

        Returns:
            rule name -> what was seen; a rule is missing only if Great Expectations lost it.
        """
        batch = self._batch(table, rules[0], versioned)
        seen = _observations(self._validate(batch, rules))
        # The counts of a table are one statement; when it fails, each rule is asked alone, so that only the guilty one errs.
        for rule in rules:
            if rule.name in seen and seen[rule.name].exception and len(rules) > 1:
                seen.update(_observations(self._validate(batch, [rule])))
        return seen

    def close(self) -> None:
        """Close every handle on the file."""
        self._datasource.dispose()

    def _batch(self, table: str, rule: Rule, versioned: bool) -> Batch:
        schema, name = table.split(".", 1)
        self._batches += 1
        label = f"{table}#{self._batches}"
        if versioned:
            # Picked once into memory, not once per metric.
            current = f"salesops_current_{self._batches}"
            query = f"CREATE OR REPLACE TEMP TABLE {current} AS {checked_rows(table, rule.key, rule.current_by)}"
            self._datasource.get_execution_engine().execute_query_in_transaction(sa.text(query.replace(":", r"\:")))
            asset = self._datasource.add_table_asset(label, table_name=current)
        else:
            asset = self._datasource.add_table_asset(label, table_name=name, schema_name=schema)
        return asset.add_batch_definition_whole_table("all").get_batch()

    def _validate(self, batch: Batch, rules: Sequence[Rule]) -> ExpectationSuiteValidationResult:
        suite = ExpectationSuite(
            name="rules",
            expectations=[
                ExpectationConfiguration(type=rule.expectation, kwargs=_arguments(rule), meta={"rule": rule.name})
                for rule in rules
            ],
        )
        with _quiet():
            return batch.validate(suite, result_format=COUNTS_ONLY)


def _arguments(rule: Rule) -> dict[str, Any]:
    """Its arguments, as the library needs them: in SQL text it would take a colon for a parameter."""
    if rule.expectation == SQL_RULE:
        return {**rule.kwargs, "unexpected_rows_query": str(rule.kwargs["unexpected_rows_query"]).replace(":", r"\:")}
    return dict(rule.kwargs)


def _observations(validation: ExpectationSuiteValidationResult) -> dict[str, Observation]:
    return {result.expectation_config.meta["rule"]: _observation(result) for result in validation.results}


def _observation(result: ExpectationValidationResult) -> Observation:
    message = _exception(result.exception_info)
    if message:
        return Observation(success=None, exception=message)
    details: Mapping[str, Any] = result.result
    observed = details.get("observed_value")
    if result.expectation_config.type == SQL_RULE:
        return Observation(success=bool(result.success), failed_rows=int(observed or 0))
    if "unexpected_count" not in details:
        return Observation(success=bool(result.success), observed=None if observed is None else str(observed))
    # Sums over an empty table are NULL.
    rows, missing = int(details["element_count"] or 0), int(details.get("missing_count") or 0)
    failed = int(details["unexpected_count"] or 0)
    return Observation(success=bool(result.success), failed_rows=failed, looked_at=rows - missing)


def _exception(info: Mapping[str, Any] | None) -> str:
    """The first exception of a result; it comes flat, or as one entry per metric."""
    if not info:
        return ""
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if isinstance(entry, Mapping) and entry.get("raised_exception"):
            return str(entry.get("exception_message") or "an exception without a message").split("\n[SQL:")[0].strip()
    return ""


@contextmanager
def _quiet() -> Iterator[None]:
    """Its log lines about a failing metric say in pages what the result says in one line."""
    logger = logging.getLogger("great_expectations")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
