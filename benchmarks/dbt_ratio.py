"""The dbt steps of a run against `dbt build` from the command line: same project, same data, in turns.

Run: python -m benchmarks.dbt_ratio HOME [repeats]; HOME is a SALESOPS_HOME after a run. It is built anew for each turn; the
command line works on a copy of its build.duckdb. The ratio of the medians has to stay at or below TARGET.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import run_speed
from orchestration.settings import DBT_PROJECT
from warehouse.clock import stopwatch

TARGET = 1.0
REPEATS = 5
# A run leaves dbt's unit tests to `make test`; the command line is given the same work.
COMMAND = ["build", "--exclude", "resource_type:unit_test assert_macros_meet_expectations"]
IMPORT = """
import dagster_dbt
from warehouse.clock import stopwatch
started = stopwatch()
import dbt.adapters.duckdb, dbt.cli.main, dbt.task.build
print(stopwatch() - started)
"""


def measure(home: Path, repeats: int = REPEATS) -> dict[str, float]:
    """Time both ways, in turns.

    Args:
        home: a SALESOPS_HOME after a run.
        repeats: times each way is measured; medians are compared.

    Returns:
        Medians in seconds: `step_seconds` (the dbt steps of a `salesops run --full-refresh` together, dbt's import included),
        `import_seconds` (what that import takes), `command_seconds` (`dbt build`, the whole process); and `ratio` =
        (step - import) / command, `ratio_with_imports` = step / command.

    Raises:
        RuntimeError: one of the two did not succeed; its output is in the text.
    """
    with tempfile.TemporaryDirectory(prefix="dbt_ratio_") as folder:
        copy = Path(folder)
        shutil.copy2(home / "build.duckdb", copy)
        turns: list[dict[str, float]] = []
        # The first turn parses the project and warms the file cache on both sides; it is not counted.
        for turn in range(repeats + 1):
            seconds = {
                "step_seconds": _time_steps(home),
                "import_seconds": _time_import(),
                "command_seconds": _time_command(copy),
            }
            if turn:
                turns.append(seconds)
    medians = {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}
    step, command = medians["step_seconds"], medians["command_seconds"]
    return {**medians, "ratio": (step - medians["import_seconds"]) / command, "ratio_with_imports": step / command}


def _time_steps(home: Path) -> float:
    from dagster import DagsterInstance

    run_speed.run("run", "--home", str(home), "--full-refresh")
    with DagsterInstance.from_config(str(home / "dagster")) as instance:
        newest = instance.get_runs(limit=1)[0]
        steps = [step for step in instance.get_run_step_stats(newest.run_id) if step.step_key.startswith("dbt")]
    return sum((step.end_time or 0.0) - (step.start_time or 0.0) for step in steps)


def _time_import() -> float:
    """Seconds that a process which has Dagster's half pays for dbt's."""
    done = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _time_command(home: Path) -> float:
    dbt = str(Path(sys.executable).with_name("dbt"))
    folders = ["--target-path", str(home / "dbt/target"), "--log-path", str(home / "dbt/logs")]
    command = [dbt, *COMMAND, "--no-send-anonymous-usage-stats", *folders]
    started = stopwatch()
    done = subprocess.run(
        command, env={**os.environ, "SALESOPS_HOME": str(home)}, cwd=DBT_PROJECT, capture_output=True, text=True, check=False
    )
    seconds = stopwatch() - started
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return seconds


def main() -> int:
    """Print the ratio; 1 if it is above the target."""
    result = measure(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else REPEATS)
    print(
        f"dbt steps of a run: {result['step_seconds']:.1f} s, of which {result['import_seconds']:.1f} s import dbt; "
        f"`dbt build`: {result['command_seconds']:.1f} s; ratio {result['ratio']:.2f} (target at most {TARGET:g}), "
        f"with the imports {result['ratio_with_imports']:.2f}"
    )
    return 0 if result["ratio"] <= TARGET else 1


if __name__ == "__main__":
    raise SystemExit(main())
