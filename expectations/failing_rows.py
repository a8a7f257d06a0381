"""Lists every failing row of a rule, to Parquet for programs and to CSV for spreadsheets.

Columns: rule, key (JSON of the key columns), column, value (text). In the CSV a cell that a spreadsheet would take for a
formula starts with an apostrophe; the Parquet file keeps it exact.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from expectations.conditions import SQL_RULE, checked_rows, failing_condition, shown_columns
from expectations.rules import Rule
from warehouse.database import literal, quote

# What spreadsheets run as a formula, full-width forms included; leading blanks do not save a cell.
_FORMULA = "^[\\s]*[=+\\-@＝＋－＠]|^[\\t\\r\\n]"


def failing_rows_query(rule: Rule) -> str | None:
    """A SELECT of every failing row with all its columns; None where no single row fails."""
    rows = checked_rows(rule.table, rule.key, rule.current_by)
    if rule.expectation == SQL_RULE:
        return str(rule.kwargs["unexpected_rows_query"]).format(batch=f"({rows}) AS subselect")
    condition = failing_condition(rule.expectation, rule.kwargs)
    if condition is None:
        return None
    # The condition may be a window function, which WHERE does not take.
    judged = f"SELECT *, ({condition}) AS salesops_fails FROM ({rows})"
    return f"SELECT * EXCLUDE (salesops_fails) FROM ({judged}) WHERE salesops_fails"


def write_failing_rows(connection: duckdb.DuckDBPyConnection, rule: Rule, base: Path) -> int:
    """Write `base`.parquet and `base`.csv.

    Args:
        connection: an open session on the checked file.
        rule: a rule with failing rows.
        base: path without suffix.

    Returns:
        the number of rows written.
    """
    query = failing_rows_query(rule)
    if query is None:
        return 0
    names = [column[0] for column in connection.execute(f"SELECT * FROM ({query}) LIMIT 0").description or ()]
    key = [name for name in rule.key if name in names]
    column, value = _shown(rule, names)
    key_json = f"CAST(json_object({', '.join(f'{literal(k)}, r.{quote(k)}' for k in key)}) AS VARCHAR)" if key else "''"
    order = ", ".join([*(f"r.{quote(name)} NULLS FIRST" for name in key), "value NULLS FIRST"])
    listing = (
        f'SELECT {literal(rule.name)} AS rule, {key_json} AS key, {literal(column)} AS "column", '
        f"CAST({value} AS VARCHAR) AS value FROM ({query}) AS r ORDER BY {order}"
    )
    base.parent.mkdir(parents=True, exist_ok=True)
    parquet, csv = base.with_name(base.name + ".parquet"), base.with_name(base.name + ".csv")
    connection.execute(f"COPY ({listing}) TO {literal(str(parquet))} (FORMAT parquet)")
    inert = ", ".join(_inert(name) for name in ("rule", "key", "column", "value"))
    connection.execute(f"COPY (SELECT {inert} FROM ({listing})) TO {literal(str(csv))} (FORMAT csv, HEADER, FORCE_QUOTE *)")
    written = connection.execute(f"SELECT count(*) FROM ({query})").fetchone()
    return int(written[0]) if written else 0


def _shown(rule: Rule, names: list[str]) -> tuple[str, str]:
    """The column named in the listing, and the SQL of its value."""
    stated = (rule.column,) if rule.column else shown_columns(rule.expectation, rule.kwargs)
    columns = [name for name in stated if name in names]
    if len(columns) == 1:
        return columns[0], f"r.{quote(columns[0])}"
    shown = columns or [name for name in names if name not in rule.key]
    pairs = ", ".join(f"{literal(name)}, r.{quote(name)}" for name in shown)
    return ", ".join(columns) or "*", f"json_object({pairs})" if pairs else "''"


def _inert(column: str) -> str:
    name = quote(column)
    return f"CASE WHEN regexp_matches({name}, {literal(_FORMULA)}) THEN '''' || {name} ELSE {name} END AS {name}"
