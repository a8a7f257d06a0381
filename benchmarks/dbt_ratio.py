"""The dbt steps of a run against `dbt build` from the command line: same project, same data, in turns.

Run: python -m benchmarks.dbt_ratio HOME [repeats]; HOME is a SALESOPS_HOME whose build.duckdb is filled. Both
sides work on copies of it. The ratio of the medians has to stay at or below TARGET.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from orchestration.settings import DBT_PROJECT
from warehouse.clock import stopwatch

TARGET = 1.0
REPEATS = 5
# A run leaves dbt's unit tests to `make test`; the command line is given the same work.
COMMAND = ["build", "--exclude", "resource_type:unit_test assert_macros_meet_expectations"]


def measure(home: Path, repeats: int = REPEATS) -> dict[str, float]:
    """Time both ways, in turns, each on its own copy of the build file.

    Args:
        home: a SALESOPS_HOME after an ingest; only its build.duckdb is read.
        repeats: times each way is measured; medians are compared.

    Returns:
        Medians in seconds: `step_seconds` (the Dagster step in a new process that has imported Dagster), `import_seconds` (what
        that process paid to import dbt before), `command_seconds` (`dbt build`, the whole process), `second_step_seconds` (the
        step again in the same process); and `ratio` = (step + import) / command, `step_ratio` = step / command.

    Raises:
        RuntimeError: one of the two did not succeed; its output is in the text.
    """
    with tempfile.TemporaryDirectory(prefix="dbt_ratio_") as folder:
        ours, theirs = (_copy(home, Path(folder, name)) for name in ("ours", "theirs"))
        turns: list[dict[str, float]] = []
        # The first turn parses the project and warms the file cache on both sides; it is not counted.
        for turn in range(repeats + 1):
            seconds = {**_time_step(ours), "command_seconds": _time_command(theirs)}
            if turn:
                turns.append(seconds)
    medians = {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}
    command = medians["command_seconds"]
    paid = medians["step_seconds"] + medians["import_seconds"]
    return {**medians, "ratio": paid / command, "step_ratio": medians["step_seconds"] / command}


def _copy(home: Path, to: Path) -> Path:
    to.mkdir()
    shutil.copy2(home / "build.duckdb", to / "build.duckdb")
    return to


def _time_command(home: Path) -> float:
    dbt = str(Path(sys.executable).with_name("dbt"))
    folders = ["--target-path", str(home / "dbt/target"), "--log-path", str(home / "dbt/logs")]
    return _timed([dbt, *COMMAND, "--no-send-anonymous-usage-stats", *folders], home, DBT_PROJECT)[1]


def _time_step(home: Path) -> dict[str, float]:
    output, _ = _timed([sys.executable, "-m", "benchmarks.dbt_ratio", "--step", str(home)], home, Path.cwd())
    found: dict[str, float] = json.loads(output.splitlines()[-1])
    return found


def _timed(command: list[str], home: Path, folder: Path) -> tuple[str, float]:
    env = {**os.environ, "SALESOPS_HOME": str(home), "DAGSTER_HOME": str(home / "dagster")}
    (home / "dagster").mkdir(exist_ok=True)
    started = stopwatch()
    done = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, check=False)
    seconds = stopwatch() - started
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout, seconds


def step(home: Path) -> dict[str, float]:
    """Run the dbt steps twice in this process, as a Dagster job that planning splits; what `measure` starts."""
    import dagster

    started = stopwatch()
    # All that a dbt call imports, pulled to here to be seen apart.
    import dagster_dbt  # noqa: F401
    import dbt.adapters.duckdb
    import dbt.cli.main
    import dbt.task.build  # noqa: F401

    imported = stopwatch() - started
    from orchestration import catalog
    from orchestration.assets.plan import build_planning_assets
    from orchestration.assets.transform import build_dbt_assets
    from orchestration.quick_history import quick_history
    from orchestration.resources import Workplace, overrides_of

    # Planning stands between two calls of dbt, as in a run.
    place = Workplace(home=str(home))
    assets = [build_dbt_assets(catalog.manifest_path(place.settings)), *build_planning_assets()]
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    seconds = []
    with dagster.DagsterInstance.get() as instance, quick_history(instance):
        for _ in range(2):
            result = dagster.materialize(assets, resources=overrides_of(place), instance=instance, run_config=quiet)
            stats = [each for each in instance.get_run_step_stats(result.run_id) if each.step_key.startswith("dbt")]
            seconds.append(sum((each.end_time or 0.0) - (each.start_time or 0.0) for each in stats))
    return {"import_seconds": imported, "step_seconds": seconds[0], "second_step_seconds": seconds[1]}


def main() -> int:
    """Print the ratio; 1 if it is above the target."""
    if sys.argv[1] == "--step":
        print(json.dumps(step(Path(sys.argv[2]))))
        return 0
    result = measure(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else REPEATS)
    print(
        f"dbt step in the run: {result['step_seconds']:.1f} s and {result['import_seconds']:.1f} s of imports "
        f"(again in the same process: {result['second_step_seconds']:.1f} s); `dbt build`: {result['command_seconds']:.1f} s; "
        f"ratio {result['ratio']:.2f} (target at most {TARGET:g})"
    )
    return 0 if result["ratio"] <= TARGET else 1


if __name__ == "__main__":
    raise SystemExit(main())
