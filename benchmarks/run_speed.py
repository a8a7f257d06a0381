"""`salesops run` at scale 1 in a warm environment: wall time of a full run and of one with nothing to do."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET_SECONDS = 90.0
TARGET_SHARE = 0.5


def measure(repeats: int = 5, scale: float = 1.0) -> dict[str, Any]:
    """Median seconds of a first run into an empty home, of a run with nothing to do, and their ratio pair by pair."""
    first, second = [], []
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder) / "inbox"
        company = Path(folder) / "company"
        run("sample", str(inbox), "--scale", str(scale), "--company", str(company))
        place = ("--inbox", str(inbox), "--sources", str(company))
        run("run", "--home", str(Path(folder) / "warm-up"), *place)
        for turn in range(repeats):
            home = Path(folder) / f"home{turn}"
            first.append(run("run", "--home", str(home), *place))
            second.append(run("run", "--home", str(home), *place))
            shutil.rmtree(home)
    return {
        "seconds": statistics.median(first),
        "target": TARGET_SECONDS,
        "nothing_to_do_seconds": statistics.median(second),
        "nothing_to_do_share": statistics.median(b / a for a, b in zip(first, second, strict=True)),
        "target_share": TARGET_SHARE,
        "runs": first,
    }


def run(*arguments: str) -> float:
    """Seconds of one `salesops` command in a process of its own; held-back files of the sample are no failure."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "orchestration.cli", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=os.environ.copy(), check=False, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 2):
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return seconds


if __name__ == "__main__":
    print(measure(*(int(value) for value in sys.argv[1:2])))
