"""How fast the sample exports are made: rows of all files a second, by wall time."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from sample import generate

GOAL_ROWS_PER_SECOND = 250_000


def measure(scale: float = 1.0, repeats: int = 5) -> dict[str, float]:
    """Write the exports of one scale several times into a temporary folder.

    Args:
        scale: of the company; 1 is some 570,000 rows of CRM and marketing, and those of the other sources.
        repeats: timed runs; one small run before them loads the libraries.

    Returns:
        scale, repeats, rows, seconds (median), rows_per_second (by that median) and its goal; cpu_seconds (mean of a run,
        all threads) tells a slow generator from a busy machine.
    """
    with tempfile.TemporaryDirectory(prefix="sample-speed-") as folder:
        generate(Path(folder, "warm"), min(scale, 0.05))
        begun = time.process_time()
        runs = [generate(Path(folder, str(number)), scale) for number in range(repeats)]
        cpu_seconds = (time.process_time() - begun) / repeats
    seconds = statistics.median(run.seconds for run in runs)
    rows = runs[0].total_rows
    return {
        "scale": scale,
        "repeats": repeats,
        "rows": rows,
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "rows_per_second": rows / seconds,
        "goal_rows_per_second": GOAL_ROWS_PER_SECOND,
    }


def main(scales: tuple[float, ...] = (1.0, 10.0)) -> int:
    """Print one line for each scale; 0 if all reach the goal."""
    reached = True
    for scale in scales:
        result = measure(scale, 5 if scale <= 1 else 3)
        reached &= result["rows_per_second"] >= GOAL_ROWS_PER_SECOND
        print(
            f"sample exports, scale {scale:g}: {result['rows']:,.0f} rows in {result['seconds']:.2f} s (median of "
            f"{result['repeats']:.0f}; {result['cpu_seconds']:.2f} s of processor) = "
            f"{result['rows_per_second']:,.0f} rows/s (goal {GOAL_ROWS_PER_SECOND:,})"
        )
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
