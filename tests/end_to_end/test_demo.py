"""`make demo`, from the command that shows the marts to the decision that waits: what README promises first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.end_to_end.conftest import ROOT

if TYPE_CHECKING:
    from tests.end_to_end.conftest import SampleRun


def test_the_demo_shows_the_loop_and_ends_with_the_decision_that_waits(sample_run: SampleRun, tmp_path: Path) -> None:
    home, commands = tmp_path / "home", tmp_path / "bin"
    shutil.copytree(sample_run.home.root, home)
    commands.mkdir()
    command = commands / "salesops"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m orchestration.cli "$@"\n')
    command.chmod(0o755)
    # The environment that runs the tests stands in for .venv.
    call = ["make", "--no-print-directory", "-o", ".venv/.runtime", "demo", f"BIN={commands}", f"HOME_DIR={home}"]
    environment = {**os.environ, "COLUMNS": "160", "PYTHONPATH": str(ROOT)}
    for _ in range(2):
        done = subprocess.run(call, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        for text in ("win_rate", "demand p50", "capacity", "target", "gap", "hires", "pays back in months"):
            assert text in done.stdout, text
        last = done.stdout.strip().splitlines()[-1]
        assert "submitted by Sales operations, waiting for the approval of VP Sales (sales leader)" in last
    log = subprocess.run(
        [str(command), "plan", "log", "--home", str(home)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert log.stdout.count("make demo") == 1
