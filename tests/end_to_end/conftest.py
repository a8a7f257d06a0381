"""One run on sample exports, and one on real ones, shared by every end-to-end test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.oracle import Oracle
from tests.end_to_end.oracle_compare import Served
from warehouse.home import Home

ROOT = Path(__file__).resolve().parents[2]
# Of the sample's own defects some are records that no raw table can take, so its runs publish and say so.
HELD = 2
PUBLISHED = (0, HELD)
Command = Callable[..., subprocess.CompletedProcess[str]]


@dataclass(frozen=True)
class SampleRun:
    """A home whose main job ran on the exports in `inbox`."""

    home: Home
    inbox: Path
    output: str

    @property
    def truth(self) -> Path:
        """What is true of a sample company and no export says."""
        return self.home.root / "truth"


@pytest.fixture(scope="session")
def salesops() -> Command:
    """Runs the command as a user would, in a process of its own."""

    def call(*arguments: object, expect: int | tuple[int, ...] | None = 0, **env: str) -> subprocess.CompletedProcess[str]:
        result = subprocess.run(
            [sys.executable, "-m", "orchestration.cli", *(str(a) for a in arguments)],
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "160", **env},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        if expect is not None:
            codes = expect if isinstance(expect, tuple) else (expect,)
            assert result.returncode in codes, f"exit {result.returncode}\n{result.stdout}\n{result.stderr}"
        return result

    return call


@pytest.fixture(scope="session")
def sample_run(salesops: Command, tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    """The main job on a small sample company."""
    home = Home(tmp_path_factory.mktemp("sample"))
    beside = ("--company", home.company, "--truth", home.root / "truth")
    salesops("sample", home.inbox, "--scale", "0.1", "--seed", "7", *beside)
    result = salesops("run", "--home", home.root, expect=HELD)
    return SampleRun(home, home.inbox, result.stdout)


@pytest.fixture(scope="session")
def maven_run(salesops: Command, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    """The main job on a real export of another CRM, mapped by YAML alone."""
    home = Home(tmp_path_factory.mktemp("maven"))
    inbox = real_data / "maven_crm"
    result = salesops("run", "--home", home.root, "--sources", "examples/maven_crm", "--inbox", inbox)
    return SampleRun(home, inbox, result.stdout)


@pytest.fixture(scope="session")
def oracle(sample_run: SampleRun) -> Oracle:
    """Every number of the sample company, recomputed from its exports alone."""
    return Oracle(sample_run.inbox, sample_run.home.company)


@pytest.fixture(scope="session")
def served(sample_run: SampleRun) -> Served:
    """What the run on the sample company published."""
    return Served(sample_run.home.serving / "current.duckdb")
