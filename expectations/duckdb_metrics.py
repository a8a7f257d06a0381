"""Metrics that DuckDB answers better than generic SQL: regular expressions and uniqueness.

Importing this module registers them for `DuckDBExecutionEngine`; they replace the SQL ones for that engine only.
The type checker is told to look away where it must, because the library carries no types for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.expectations.metrics.map_metric_provider import ColumnMapMetricProvider, column_condition_partial
from great_expectations.expectations.metrics.metric_provider import MetricProvider, metric_value

from expectations.duckdb_engine import DuckDBExecutionEngine

Kwargs = dict[str, Any]


def _matches(column: Any, regex: str) -> sa.ColumnElement[bool]:
    # regexp_matches searches, as the library means it; DuckDB's `~` wants the whole string and changed in 2.0.
    # The cast lets a rule look at numbers and dates as they are written.
    return sa.func.regexp_matches(sa.cast(column, sa.String), sa.literal(regex))


class DuckDBMatchRegex(ColumnMapMetricProvider):  # type: ignore[misc]
    """column_values.match_regex by regexp_matches (RE2 syntax)."""

    condition_metric_name = "column_values.match_regex"
    condition_value_keys = ("regex",)

    @column_condition_partial(engine=DuckDBExecutionEngine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column: Any, regex: str, **_: Any) -> Any:  # noqa: N805
        return _matches(column, regex)


class DuckDBNotMatchRegex(ColumnMapMetricProvider):  # type: ignore[misc]
    """column_values.not_match_regex by regexp_matches."""

    condition_metric_name = "column_values.not_match_regex"
    condition_value_keys = ("regex",)

    @column_condition_partial(engine=DuckDBExecutionEngine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column: Any, regex: str, **_: Any) -> Any:  # noqa: N805
        return sa.not_(_matches(column, regex))


class DuckDBMatchRegexList(ColumnMapMetricProvider):  # type: ignore[misc]
    """column_values.match_regex_list: any or all of several patterns."""

    condition_metric_name = "column_values.match_regex_list"
    condition_value_keys = ("regex_list", "match_on")

    @column_condition_partial(engine=DuckDBExecutionEngine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column: Any, regex_list: Sequence[str], match_on: str | None = None, **_: Any) -> Any:  # noqa: N805
        tests = [_matches(column, regex) for regex in regex_list]
        return sa.and_(*tests) if match_on == "all" else sa.or_(*tests)


class DuckDBNotMatchRegexList(ColumnMapMetricProvider):  # type: ignore[misc]
    """column_values.not_match_regex_list: none of several patterns."""

    condition_metric_name = "column_values.not_match_regex_list"
    condition_value_keys = ("regex_list",)

    @column_condition_partial(engine=DuckDBExecutionEngine)  # type: ignore[untyped-decorator]
    def _duckdb(cls, column: Any, regex_list: Sequence[str], **_: Any) -> Any:  # noqa: N805
        return sa.and_(*[sa.not_(_matches(column, regex)) for regex in regex_list])


class DuckDBUniqueCount(MetricProvider):  # type: ignore[misc]
    """How many rows share their value with another row; NULLs are no values."""

    metric_name = "column_values.unique.unexpected_count"
    domain_keys = ("batch_id", "table", "column", "row_condition", "condition_parser")

    @metric_value(engine=DuckDBExecutionEngine)  # type: ignore[untyped-decorator]
    def _duckdb(
        cls,  # noqa: N805
        execution_engine: DuckDBExecutionEngine,
        metric_domain_kwargs: Kwargs,
        **_: Any,
    ) -> int:
        selectable, _compute, accessor = execution_engine.get_compute_domain(metric_domain_kwargs, MetricDomainTypes.COLUMN)
        return _rows_that_share(execution_engine, selectable, [accessor["column"]])


class DuckDBCompoundUniqueCount(MetricProvider):  # type: ignore[misc]
    """How many rows share a combination of values with another row; a combination with a NULL is none."""

    metric_name = "compound_columns.unique.unexpected_count"
    domain_keys = ("batch_id", "table", "column_list", "row_condition", "condition_parser", "ignore_row_if")

    @metric_value(engine=DuckDBExecutionEngine)  # type: ignore[untyped-decorator]
    def _duckdb(
        cls,  # noqa: N805
        execution_engine: DuckDBExecutionEngine,
        metric_domain_kwargs: Kwargs,
        **_: Any,
    ) -> int:
        selectable, _compute, accessor = execution_engine.get_compute_domain(
            metric_domain_kwargs, MetricDomainTypes.MULTICOLUMN
        )
        return _rows_that_share(execution_engine, selectable, accessor["column_list"])


def _rows_that_share(engine: DuckDBExecutionEngine, selectable: Any, names: Sequence[str]) -> int:
    """Rows whose combination of values occurs more than once.

    Equal values have equal hashes, so as many hashes as rows prove that all differ; eight bytes a row go through the
    aggregate instead of the values, a third of the time of the library's window. Only a doubt is counted exactly.
    """
    source = selectable.subquery() if isinstance(selectable, sa.Select) else selectable
    columns: list[sa.ColumnElement[Any]] = [sa.column(str(name)) for name in names]
    present = sa.and_(*[column.is_not(None) for column in columns])
    hashes = sa.select(sa.func.hash(*columns).label("h")).select_from(source).where(present).distinct().subquery()
    rows = sa.select(sa.func.count()).select_from(source).where(present).scalar_subquery()
    different = sa.select(sa.func.count()).select_from(hashes).scalar_subquery()
    if engine.execute_query(sa.select(rows == different)).scalar_one():
        return 0
    groups = (
        sa.select(sa.func.count().label("n"))
        .select_from(source)
        .where(present)
        .group_by(*columns)
        .having(sa.func.count() > 1)
        .subquery()
    )
    return int(engine.execute_query(sa.select(sa.func.coalesce(sa.func.sum(groups.c.n), 0))).scalar_one())
