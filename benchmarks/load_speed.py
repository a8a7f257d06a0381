"""Loading activity rows from CSV against DuckDB's own read_csv with the types given: rows a second, in the same run."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from ingestion import canonical, contract_reader, ingest
from warehouse import database
from warehouse.home import Home

TYPES = {
    "Id": "VARCHAR",
    "WhoId": "VARCHAR",
    "WhatId": "VARCHAR",
    "OwnerId": "VARCHAR",
    "Subject": "VARCHAR",
    "TaskSubtype": "VARCHAR",
    "Status": "VARCHAR",
    "ActivityDate": "DATE",
    "CreatedDate": "TIMESTAMP",
    "CallDurationInSeconds": "BIGINT",
    "IsClosed": "BOOLEAN",
}
TARGET = 0.5


def write_activities(path: Path, rows: int) -> None:
    """A Salesforce Task export of `rows` rows and 11 columns, every field quoted."""
    with duckdb.connect() as connection:
        connection.execute(
            f"""COPY (
                SELECT '00T' || lpad(i::VARCHAR, 15, '0') AS "Id", '003' || lpad((i % 90000)::VARCHAR, 15, '0') AS "WhoId",
                    '006' || lpad((i % 70000)::VARCHAR, 15, '0') AS "WhatId",
                    '005' || lpad((i % 60)::VARCHAR, 15, '0') AS "OwnerId",
                    'Call: follow up, no. ' || (i % 5000) AS "Subject", ['Call', 'Email', 'Task'][1 + i % 3] AS "TaskSubtype",
                    'Completed' AS "Status", DATE '2024-11-01' + (i % 730)::INTEGER AS "ActivityDate",
                    TIMESTAMP '2024-11-01' + INTERVAL (i % 63000000) SECOND AS "CreatedDate",
                    CASE WHEN i % 3 = 0 THEN i % 1800 END AS "CallDurationInSeconds", i % 20 > 0 AS "IsClosed"
                FROM range({rows}) AS r(i)
            ) TO '{path}' (FORMAT csv, HEADER, FORCE_QUOTE *)"""
        )


def measure(rows: int = 5_000_000, repeats: int = 5) -> dict[str, Any]:
    """Median rows a second of both, taken in turns, and their ratio (ours over DuckDB's)."""
    contracts = contract_reader.read_all()
    ours, reference = [], []
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder) / "inbox"
        inbox.mkdir()
        path = inbox / "Task_2026-10-31.csv"
        write_activities(path, rows)
        for turn in range(repeats):
            reference.append(rows / _read_csv(path, Path(folder) / "reference.duckdb"))
            ours.append(rows / _ingest(inbox, Path(folder) / f"home{turn}", contracts, rows))
    result = {"rows": rows, "ours": statistics.median(ours), "read_csv": statistics.median(reference)}
    return result | {"ratio": statistics.median(a / b for a, b in zip(ours, reference, strict=True)), "target": TARGET}


def _read_csv(path: Path, file: Path) -> float:
    database.remove(file)
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in TYPES.items())
    start = time.perf_counter()
    with database.connect(file) as connection:
        connection.execute(
            f"CREATE TABLE task AS SELECT * FROM "
            f"read_csv('{path}', columns = {{{columns}}}, header = true, auto_detect = false)"
        )
        connection.execute("CHECKPOINT")
    return time.perf_counter() - start


def _ingest(inbox: Path, root: Path, contracts: list[Any], rows: int) -> float:
    home = Home(root).create()
    start = time.perf_counter()
    report = ingest.ingest(home, contracts, inbox)
    seconds = time.perf_counter() - start
    assert sum(count.rows for file in report.files for count in file.counts) == rows
    with database.connect(home.build) as connection:
        stored = connection.execute(f"SELECT count(*) FROM {canonical.objects()['salesforce.Task'].sql_name}").fetchone()
    assert stored == (rows,)
    for leftover in (home.build, *home.landing.iterdir()):
        leftover.unlink()
    return seconds


if __name__ == "__main__":
    found = measure(*(int(value) for value in sys.argv[1:3]))
    print(
        f"load {found['rows']:,} rows: {found['ours']:,.0f} rows/s, read_csv {found['read_csv']:,.0f} rows/s, "
        f"ratio {found['ratio']:.2f} (target at least {found['target']})"
    )
