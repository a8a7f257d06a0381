"""The same activity rows through dlt's pipeline from a folder to DuckDB, in an environment of its own, beside ours."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import duckdb

from benchmarks.load_speed import write_activities
from ingestion import contract_reader, ingest
from warehouse.home import Home

VERSION = "1.31.0"
TARGET = 10.0
PIPELINE = """
import sys
import dlt
from dlt.sources.filesystem import filesystem, read_csv_duckdb
folder, rows = sys.argv[1], int(sys.argv[2])
pipeline = dlt.pipeline("tasks", destination=dlt.destinations.duckdb(folder + "/dlt.duckdb"), pipelines_dir=folder + "/state")
files = filesystem(bucket_url="file://" + folder + "/inbox", file_glob="*.csv")
source = (files | read_csv_duckdb(header=True)).with_name("task")
pipeline.run(source, write_disposition="append")
with pipeline.sql_client() as client:
    assert client.execute_sql("SELECT count(*) FROM task")[0][0] == rows
"""


def measure(rows: int = 1_000_000) -> dict[str, float]:
    """Rows a second of both over the same file; `ratio` is ours over dlt's. Installs dlt into a folder that is removed."""
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder) / "inbox"
        inbox.mkdir()
        write_activities(inbox / "Task_2026-10-31.csv", rows)
        python = Path(folder) / "venv" / "bin" / "python"
        venv.create(python.parents[1], with_pip=True)
        # The same DuckDB as ours: with 2.0 this dlt cannot read CSV.
        packages = [f"dlt[duckdb,filesystem]=={VERSION}", "pyarrow", f"duckdb=={duckdb.__version__}"]
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
        script = Path(folder) / "pipeline.py"
        script.write_text(PIPELINE, encoding="utf-8")
        start = time.perf_counter()
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run([python, script, folder, str(rows)], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"dlt's pipeline failed: {done.stderr[-500:]}")
        theirs = time.perf_counter() - start
        home = Home(Path(folder) / "home").create()
        start = time.perf_counter()
        ingest.ingest(home, contract_reader.read_all(), inbox)
        ours = time.perf_counter() - start
    return {"ours": rows / ours, "dlt": rows / theirs, "ratio": theirs / ours, "target": TARGET}


if __name__ == "__main__":
    found = measure(*(int(value) for value in sys.argv[1:2]))
    print(f"load: {found['ours']:,.0f} rows/s, dlt {found['dlt']:,.0f} rows/s, ratio {found['ratio']:.1f} (target {TARGET})")
