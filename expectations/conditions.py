"""What each expectation means in SQL: which rows fail it, and how many rows it looks at.

Great Expectations counts; it returns at most twenty failing rows. These queries list all of them, so they must mean the same
as its metrics do: a NULL fails only the rule that forbids NULLs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from warehouse.database import literal, quote

SQL_RULE = "unexpected_rows_expectation"

_COLUMN = frozenset({"column"})
_BOUNDS = frozenset({"min_value", "max_value", "strict_min", "strict_max"})
_PAIR = frozenset({"column_A", "column_B"})

# Expectation -> (arguments it takes, arguments it needs). `mostly` is none of them: max_failure_rate says that, and keeps
# the count of failing rows in the report.
EXPECTATIONS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "expect_column_values_to_not_be_null": (_COLUMN, _COLUMN),
    "expect_column_values_to_be_null": (_COLUMN, _COLUMN),
    "expect_column_values_to_be_unique": (_COLUMN, _COLUMN),
    "expect_column_values_to_be_in_set": (_COLUMN | {"value_set"}, _COLUMN | {"value_set"}),
    "expect_column_values_to_not_be_in_set": (_COLUMN | {"value_set"}, _COLUMN | {"value_set"}),
    "expect_column_values_to_be_between": (_COLUMN | _BOUNDS, _COLUMN),
    "expect_column_value_lengths_to_be_between": (_COLUMN | _BOUNDS, _COLUMN),
    "expect_column_values_to_match_regex": (_COLUMN | {"regex"}, _COLUMN | {"regex"}),
    "expect_column_values_to_not_match_regex": (_COLUMN | {"regex"}, _COLUMN | {"regex"}),
    "expect_column_pair_values_a_to_be_greater_than_b": (_PAIR | {"or_equal"}, _PAIR),
    "expect_compound_columns_to_be_unique": (frozenset({"column_list"}), frozenset({"column_list"})),
    "expect_column_sum_to_be_between": (_COLUMN | _BOUNDS, _COLUMN),
    "expect_column_max_to_be_between": (_COLUMN | _BOUNDS, _COLUMN),
    "expect_column_min_to_be_between": (_COLUMN | _BOUNDS, _COLUMN),
    "expect_column_mean_to_be_between": (_COLUMN | _BOUNDS, _COLUMN),
    "expect_column_proportion_of_non_null_values_to_be_between": (_COLUMN | _BOUNDS, _COLUMN),
    "expect_column_to_exist": (_COLUMN, _COLUMN),
    "expect_table_row_count_to_be_between": (_BOUNDS, frozenset()),
    "expect_table_row_count_to_equal": (frozenset({"value"}), frozenset({"value"})),
    SQL_RULE: (frozenset({"unexpected_rows_query"}), frozenset({"unexpected_rows_query"})),
}


def failing_condition(expectation: str, kwargs: Mapping[str, Any]) -> str | None:
    """The SQL condition of a failing row, over the columns of the checked rows; None where no single row fails."""
    condition = _CONDITIONS.get(expectation)
    return None if condition is None else condition(kwargs)


def shown_columns(expectation: str, kwargs: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns a row-level expectation looks at."""
    if expectation == "expect_column_pair_values_a_to_be_greater_than_b":
        return (str(kwargs["column_A"]), str(kwargs["column_B"]))
    if expectation == "expect_compound_columns_to_be_unique":
        return tuple(str(name) for name in kwargs["column_list"])
    return (str(kwargs["column"]),) if "column" in kwargs else ()


def checked_rows(table: str, key: Sequence[str], current_by: Sequence[str]) -> str:
    """The rows a rule checks, as a SELECT: all of them, or of an append-only table the newest version of each key.

    Total order (NULLs lowest): the given columns, newest first.
    """
    schema, name = table.split(".", 1)
    source = f"{quote(schema)}.{quote(name)}"
    if not current_by or not key:
        return f"SELECT * FROM {source}"
    order = ", ".join(f"{quote(column)} DESC NULLS LAST" for column in current_by)
    partition = ", ".join(quote(column) for column in key)
    return (
        f"SELECT * EXCLUDE (salesops_version) FROM (SELECT *, row_number() OVER (PARTITION BY {partition} ORDER BY {order}) "
        f"AS salesops_version FROM {source}) WHERE salesops_version = 1"
    )


def constant(value: Any) -> str:
    """A value of a rule as an SQL constant."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, dt.datetime):
        return f"TIMESTAMP {literal(value.isoformat(sep=' '))}"
    if isinstance(value, dt.date):
        return f"DATE {literal(value.isoformat())}"
    return literal(str(value))


def _not_null(kwargs: Mapping[str, Any]) -> str:
    return f"{quote(kwargs['column'])} IS NULL"


def _null(kwargs: Mapping[str, Any]) -> str:
    return f"{quote(kwargs['column'])} IS NOT NULL"


def _shared(names: Sequence[str]) -> str:
    columns = ", ".join(quote(name) for name in names)
    present = " AND ".join(f"{quote(name)} IS NOT NULL" for name in names)
    return f"{present} AND count(*) OVER (PARTITION BY {columns}) > 1"


def _in_set(kwargs: Mapping[str, Any]) -> str:
    values = ", ".join(constant(value) for value in kwargs["value_set"] if value is not None)
    column = quote(kwargs["column"])
    return f"{column} IS NOT NULL AND NOT {column} IN ({values})" if values else f"{column} IS NOT NULL"


def _not_in_set(kwargs: Mapping[str, Any]) -> str:
    values = ", ".join(constant(value) for value in kwargs["value_set"] if value is not None)
    return f"{quote(kwargs['column'])} IN ({values})" if values else "FALSE"


def _between(kwargs: Mapping[str, Any], value: str | None = None) -> str:
    column = quote(kwargs["column"])
    value = value or column
    outside = []
    if kwargs.get("min_value") is not None:
        outside.append(f"{value} {'<=' if kwargs.get('strict_min') else '<'} {constant(kwargs['min_value'])}")
    if kwargs.get("max_value") is not None:
        outside.append(f"{value} {'>=' if kwargs.get('strict_max') else '>'} {constant(kwargs['max_value'])}")
    return f"{column} IS NOT NULL AND ({' OR '.join(outside) or 'FALSE'})"


def _length_between(kwargs: Mapping[str, Any]) -> str:
    return _between(kwargs, f"length({quote(kwargs['column'])})")


def _regex(negate: bool) -> Callable[[Mapping[str, Any]], str]:
    def condition(kwargs: Mapping[str, Any]) -> str:
        column = quote(kwargs["column"])
        match = f"regexp_matches(CAST({column} AS VARCHAR), {literal(kwargs['regex'])})"
        return f"{column} IS NOT NULL AND {match if negate else 'NOT ' + match}"

    return condition


def _pair(kwargs: Mapping[str, Any]) -> str:
    a, b = quote(kwargs["column_A"]), quote(kwargs["column_B"])
    return f"{a} IS NOT NULL AND {b} IS NOT NULL AND NOT {a} {'>=' if kwargs.get('or_equal') else '>'} {b}"


_CONDITIONS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "expect_column_values_to_not_be_null": _not_null,
    "expect_column_values_to_be_null": _null,
    "expect_column_values_to_be_unique": lambda kwargs: _shared([kwargs["column"]]),
    "expect_compound_columns_to_be_unique": lambda kwargs: _shared(kwargs["column_list"]),
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_not_be_in_set": _not_in_set,
    "expect_column_values_to_be_between": _between,
    "expect_column_value_lengths_to_be_between": _length_between,
    "expect_column_values_to_match_regex": _regex(negate=False),
    "expect_column_values_to_not_match_regex": _regex(negate=True),
    "expect_column_pair_values_a_to_be_greater_than_b": _pair,
}
