"""Loading activity rows from CSV against DuckDB's own read_csv with the types given: rows a second, in the same run."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from ingestion import contract_reader, ingest, landing
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
# Of read_csv's rows a second: where the file system shares the bytes of a landed file, and where they are copied.
TARGET_CLONED, TARGET_COPIED = 0.8, 0.65
TARGET_DELTA, TARGET_SMALL, TARGET_GB = 0.05, 0.030, 2.0


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


def measure(rows: int = 10_000_000, repeats: int = 5) -> dict[str, Any]:
    """Medians over `repeats`, ours and the reference in turns.

    Returns:
        rows a second of both, `ratio` (ours over read_csv), its target by how the file lands (`is_cloned`), `delta_share` (a
        file of 1 % more rows over the first load's seconds) and the peak memory of one load in a process of its own under
        a limit of 1 GB for DuckDB, in GB.
    """
    contracts = contract_reader.read_all()
    ours, reference, deltas = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        inbox, later = Path(folder) / "inbox", Path(folder) / "later"
        inbox.mkdir()
        later.mkdir()
        path = inbox / "Task_2026-10-31.csv"
        write_activities(path, rows)
        delta = later / "Task_2026-11-01.csv"
        write_activities(delta, rows // 100)
        is_cloned = clones(path, Path(folder) / "clone")
        for turn in range(repeats):
            home = Home(Path(folder) / f"home{turn}").create()
            reference.append(rows / _read_csv(path, Path(folder) / "reference.duckdb"))
            full = _ingest(inbox, home, contracts, rows)
            deltas.append(_ingest(later, home, contracts, rows // 100) / full)
            ours.append(rows / full)
            shutil.rmtree(home.root)
        peak = _peak_memory(inbox, Path(folder) / "alone")
    result = {"rows": rows, "ours": statistics.median(ours), "read_csv": statistics.median(reference), "is_cloned": is_cloned}
    ratio = statistics.median(a / b for a, b in zip(ours, reference, strict=True))
    target = TARGET_CLONED if is_cloned else TARGET_COPIED
    return result | {"ratio": ratio, "target": target, "delta_share": statistics.median(deltas), "peak_gb": peak}


def measure_small_files(files: int = 1_000) -> float:
    """Seconds a file of loading many files of ten records each."""
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder) / "inbox"
        inbox.mkdir()
        first = dt.date(2020, 1, 1)
        for number in range(files):
            day = first + dt.timedelta(days=number)
            lines = "".join(f'"00T{number:06}{i:06}ABC","Completed","{day}"\n' for i in range(10))
            (inbox / f"Task_{day}.csv").write_text('"Id","Status","ActivityDate"\n' + lines, encoding="utf-8")
        seconds = _ingest(inbox, Home(Path(folder) / "home").create(), contract_reader.read_all(), files * 10)
    return seconds / files


def clones(path: Path, target: Path) -> bool:
    """Whether this file system shares the bytes of a copy."""
    with path.open("rb") as source, target.open("wb") as copy:
        return landing.clone(source.fileno(), copy.fileno())


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


def _ingest(inbox: Path, home: Home, contracts: list[Any], rows: int) -> float:
    start = time.perf_counter()
    report = ingest.ingest(home, contracts, inbox)
    seconds = time.perf_counter() - start
    assert sum(count.rows for file in report.files for count in file.counts) == rows
    return seconds


def _peak_memory(inbox: Path, root: Path) -> float:
    """Gigabytes that one load takes in a process of its own."""
    code = (
        "import resource; from pathlib import Path; from ingestion import contract_reader, ingest;"
        "from warehouse.home import Home;"
        f"ingest.ingest(Home(Path({str(root)!r})).create(), contract_reader.read_all(), Path({str(inbox)!r}));"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    environment = os.environ | {database.MEMORY_VARIABLE: "1GB"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    # DuckDB may draw its progress before.
    return int(done.stdout.split()[-1]) * 1024 / 1e9


if __name__ == "__main__":
    found = measure(*(int(value) for value in sys.argv[1:3]))
    print(
        f"load {found['rows']:,} rows: {found['ours']:,.0f} rows/s, read_csv {found['read_csv']:,.0f} rows/s, "
        f"ratio {found['ratio']:.2f} (target at least {found['target']}); 1 % more: {found['delta_share']:.3f} of that; "
        f"peak {found['peak_gb']:.2f} GB"
    )
    print(f"a small file: {1000 * measure_small_files():.1f} ms")
