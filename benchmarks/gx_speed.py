"""Great Expectations inside DuckDB against one hand-written SQL pass over the same rows, for the same six questions.

Run: python -m benchmarks.gx_speed [rows]. The ratio of the medians has to stay at or below TARGET.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from expectations.rules import Rule
from warehouse.clock import stopwatch
from warehouse.database import connect

TARGET = 4.0
ROWS = 5_000_000
REPEATS = 5

_TABLE = "core.measured"
_REGEX = r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$"
_STAGES = ["Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost"]
_BY_HAND = f"""
SELECT
    count(*) AS rows,
    count(*) - count(owner_id) AS without_owner,
    count(activity_id) - count(DISTINCT activity_id) AS doubled,
    count(*) FILTER (WHERE stage NOT IN ({", ".join(f"'{stage}'" for stage in _STAGES)})) AS unknown_stage,
    count(*) FILTER (WHERE minutes < 0 OR minutes > 1440) AS impossible_minutes,
    count(*) FILTER (WHERE NOT regexp_matches(email, '{_REGEX}')) AS no_address
FROM {_TABLE}
"""


def measure(rows: int = ROWS, repeats: int = REPEATS) -> dict[str, float]:
    """Time both ways, in turns, on the same file.

    Args:
        rows: rows of the table.
        repeats: times each way is measured; medians are compared.

    Returns:
        seconds of Great Expectations and of the hand-written pass (medians), and their ratio.
    """
    from expectations.checking import Checker

    with tempfile.TemporaryDirectory(prefix="gx_speed_") as folder:
        database = Path(folder) / "measured.duckdb"
        _fill(database, rows)
        by_library: list[float] = []
        by_hand: list[float] = []
        # The first turn warms the file cache and the library's lazy imports; it is not counted.
        for turn in range(repeats + 1):
            seconds = {"hand": _time_by_hand(database, rows), "library": _time_library(Checker(database))}
            if turn:
                by_hand.append(seconds["hand"])
                by_library.append(seconds["library"])
    library, hand = statistics.median(by_library), statistics.median(by_hand)
    return {"rows": rows, "library_seconds": library, "hand_seconds": hand, "ratio": library / hand}


def rules() -> list[Rule]:
    """The six: null, unique, set, range, regex, row count."""
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("owner", "expect_column_values_to_not_be_null", {"column": "owner_id"}),
        ("unique", "expect_column_values_to_be_unique", {"column": "activity_id"}),
        ("stage", "expect_column_values_to_be_in_set", {"column": "stage", "value_set": _STAGES}),
        ("minutes", "expect_column_values_to_be_between", {"column": "minutes", "min_value": 0, "max_value": 1440}),
        ("address", "expect_column_values_to_match_regex", {"column": "email", "regex": _REGEX}),
        ("volume", "expect_table_row_count_to_be_between", {"min_value": 1}),
    ]
    return [Rule(name, "marts", _TABLE, expectation, kwargs, "error", name, name) for name, expectation, kwargs in asked]


def _fill(database: Path, rows: int) -> None:
    connection = connect(database)
    stages = ", ".join(f"'{stage}'" for stage in _STAGES)
    connection.execute("CREATE SCHEMA core")
    connection.execute(
        f"CREATE TABLE {_TABLE} AS SELECT i AS activity_id, 'user-' || (i % 600) AS owner_id, "
        f"[{stages}][1 + i % {len(_STAGES)}] AS stage, ((i * 7919) % 14400) / 10.0 AS minutes, "
        f"'person.' || i || '@company-' || (i % 977) || '.example' AS email FROM range({rows}) AS r (i)"
    )
    connection.close()


def _time_by_hand(database: Path, rows: int) -> float:
    connection = connect(database, read_only=True)
    started = stopwatch()
    answer = connection.execute(_BY_HAND).fetchone()
    seconds = stopwatch() - started
    connection.close()
    assert answer == (rows, 0, 0, 0, 0, 0), f"the data is not what it should be: {answer}"
    return seconds


def _time_library(checker: Any) -> float:
    try:
        started = stopwatch()
        seen = checker.check(_TABLE, rules(), versioned=False)
        seconds = stopwatch() - started
    finally:
        checker.close()
    assert len(seen) == len(rules()), f"not all reported: {seen}"
    assert all(observation.success for observation in seen.values()), f"not all passed: {seen}"
    return seconds


def main() -> int:
    """Print the ratio; 1 if it is above the target."""
    result = measure(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
    print(
        f"Great Expectations, 6 expectations, {result['rows']:,.0f} rows: {result['library_seconds']:.2f} s; "
        f"one SQL pass: {result['hand_seconds']:.2f} s; ratio {result['ratio']:.2f} (target at most {TARGET:g})"
    )
    return 0 if result["ratio"] <= TARGET else 1


if __name__ == "__main__":
    raise SystemExit(main())
