"""Runs every measurement, names the machine, and says which targets are met; exit code 1 when one is missed."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
import tempfile
from pathlib import Path

from benchmarks import dbt_ratio, dlt_load, forecast_accuracy, gx_speed, load_speed, run_speed, sample_speed
from warehouse import company


def main() -> int:
    """Print one line a figure: what, measured, target, met or missed."""
    engines = " ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("duckdb", "dbt-core", "dagster", "great-expectations")
    )
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {engines}"
    )
    met = True

    run = run_speed.measure()
    met &= _line("salesops run, scale 1 (seconds)", run["seconds"], run["target"], at_most=True)
    met &= _line("a run with nothing to do / a full run", run["nothing_to_do_share"], run["target_share"], at_most=True)

    dbt, by_level = _on_one_home()
    met &= _line("dbt steps / dbt build on the command line", dbt["ratio"], dbt_ratio.TARGET, at_most=True)
    print(f"{'  the same with the imports that a run pays for dbt':<52} {dbt['ratio_with_imports']:>12,.2f}   (no target)")

    load = load_speed.measure()
    landed = "cloned" if load["is_cloned"] else "copied"
    met &= _line(f"loading 10 million rows / read_csv (landed: {landed})", load["ratio"], load["target"], at_most=False)
    met &= _line("a delta of 1 % / the full load (seconds)", load["delta_share"], load_speed.TARGET_DELTA, at_most=True)
    met &= _line("memory of that load (GB)", load["peak_gb"], load_speed.TARGET_GB, at_most=True)
    met &= _line(
        "a small file (milliseconds)", 1000 * load_speed.measure_small_files(), 1000 * load_speed.TARGET_SMALL, at_most=True
    )
    met &= _line("loading / dlt's pipeline (rows a second)", dlt_load.measure()["ratio"], dlt_load.TARGET, at_most=False)

    checks = gx_speed.measure(5_000_000, 5)
    met &= _line("six expectations on 5 million rows / one SQL pass", checks["ratio"], 4.0, at_most=True)

    sample = sample_speed.measure(1.0, 5)
    met &= _line("sample generator (rows a second)", sample["rows_per_second"], sample["goal_rows_per_second"], at_most=False)

    for level, ratio in by_level.items():
        met &= _line(f"MASE / seasonal naive's, sample, {level}", ratio, forecast_accuracy.TARGET, at_most=True)
    met &= _forecasts()
    return 0 if met else 1


def _on_one_home() -> tuple[dict[str, float], dict[str, float]]:
    """Figures of dbt, and of the forecast by level, on one run over the sample company."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        run_speed.run("sample", str(home / "inbox"), "--company", str(home / "company"))
        run_speed.run("run", "--home", str(home))
        accuracy = forecast_accuracy.measure_company(home / "build.duckdb", company.load(home / "company").forecast)
        return dict(dbt_ratio.measure(home, 5)), accuracy


def _forecasts() -> bool:
    place = os.environ.get(forecast_accuracy.DATA)
    if not place:
        print(f"{'forecast accuracy':<52} {'':>12}   not measured: {forecast_accuracy.DATA} is not set")
        return True
    met = True
    for level in forecast_accuracy.SEASONS:
        ratio = forecast_accuracy.measure(Path(place), level).ratio
        met &= _line(f"MASE / seasonal naive's, M3 {level.lower()}", ratio, forecast_accuracy.TARGET, at_most=True)
    return met


def _line(what: str, value: float, target: float, at_most: bool) -> bool:
    is_met = value <= target if at_most else value >= target
    bound = "at most" if at_most else "at least"
    print(f"{what:<52} {value:>12,.2f}   {bound} {target:,.2f}   {'met' if is_met else 'MISSED'}", flush=True)
    return is_met


if __name__ == "__main__":
    sys.exit(main())
