"""Bad days of publishing: readers at work, a held file, a killed process, a full disk."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from serving.publish import current, history, publish
from serving.query import query
from tests.integration.serving_builds import AS_OF, TABLES, fingerprint, publish_number, renumber_build
from warehouse.errors import DiskFullError

ROOT = Path(__file__).parents[2]

READER = """
import json, sys, time
from pathlib import Path
import duckdb
served, stop, ready, out = map(Path, sys.argv[1:])
seen, errors = [], []
while True:
    last = stop.exists()
    try:
        with duckdb.connect(str(served), read_only=True, config={"threads": 1}) as connection:
            version = connection.execute("SELECT version FROM meta.publication").fetchone()[0]
            numbers = {int(version[:6])}
            for table in ("core.dim_user", "kpi.daily_sales"):
                numbers.update(row[0] for row in connection.execute(f"SELECT DISTINCT build_number FROM {table}").fetchall())
        seen.append(sorted(numbers))
    except Exception as error:
        errors.append(repr(error))
    ready.touch()
    if last:
        break
    time.sleep(0.1)
out.write_text(json.dumps({"seen": seen, "errors": errors}))
"""

HOLDER = """
import sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
LOOK = "SELECT version[:6], (SELECT sum(build_number) FROM kpi.daily_sales) FROM meta.publication"
def look():
    print(*connection.execute(LOOK).fetchone(), flush=True)
look()
input()
look()
connection.close()
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    look()
"""

PUBLISHER = """
import os, signal, sys
from pathlib import Path
from serving import snapshots
from tests.integration.serving_builds import publish_number
folder, number, point = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
count = 0
def progress(step, done, total, detail=""):
    if point == f"progress-{done}": die()
when, _, name = point.partition("-")
if when in ("before", "after"):
    original = getattr(snapshots, name)
    def patched(*arguments):
        if when == "before": die()
        original(*arguments)
        die()
    setattr(snapshots, name, patched)
print("ready", flush=True)
publish_number(folder, number, keep=3, progress=progress)
print("done", flush=True)
"""

LIMITED = """
import resource, sys
from pathlib import Path
from tests.integration.serving_builds import AS_OF, TABLES, fingerprint, make_build
from serving.publish import publish
from warehouse.errors import DiskFullError
folder = Path(sys.argv[1])
verdict = make_build(folder / "build.duckdb", 2, megabytes=6)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))
try:
    publish(folder / "build.duckdb", folder / "serving", TABLES, verdict, fingerprint(2), AS_OF, "run-2")
except DiskFullError as error:
    print(error)
"""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def served_build(serving: Path) -> int:
    """The build that is served, read as BI would, with every table from the same one."""
    with duckdb.connect(str(serving / "current.duckdb"), read_only=True) as connection:
        numbers = connection.execute(
            "SELECT version[:6]::INTEGER FROM meta.publication UNION SELECT build_number FROM core.dim_user "
            "UNION SELECT build_number FROM kpi.daily_sales"
        ).fetchall()
    assert len(numbers) == 1, numbers
    return int(numbers[0][0])


@pytest.mark.slow
def test_four_readers_over_sixty_publications_see_whole_versions_that_only_move_forward(tmp_path: Path) -> None:
    publish_number(tmp_path, 1)
    stop = tmp_path / "stop"
    names = [f"reader-{number}" for number in range(4)]
    readers = [
        start(READER, tmp_path / "serving" / "current.duckdb", stop, tmp_path / n, tmp_path / f"{n}.json") for n in names
    ]
    while not all((tmp_path / name).exists() for name in names):
        assert all(reader.poll() is None for reader in readers)
        time.sleep(0.05)
    build = tmp_path / "build.duckdb"
    for number in range(2, 62):
        verdict = renumber_build(build, number)
        publish(build, tmp_path / "serving", TABLES, verdict, fingerprint(number), AS_OF, f"run-{number}", keep=2)
    stop.touch()
    for reader in readers:
        _, complaint = reader.communicate(timeout=60)
        assert reader.returncode == 0, complaint
    for name in names:
        report = json.loads((tmp_path / f"{name}.json").read_text())
        assert report["errors"] == []
        assert [numbers for numbers in report["seen"] if len(numbers) != 1] == []
        order = [numbers[0] for numbers in report["seen"]]
        assert order == sorted(order)
        assert order[-1] == 61
        assert len(set(order)) > 20


def test_a_session_that_holds_the_file_keeps_its_version_and_a_new_one_sees_the_new(tmp_path: Path) -> None:
    publish_number(tmp_path, 1, keep=1)
    serving = tmp_path / "serving"
    other = start(HOLDER, serving / "current.duckdb")
    assert other.stdout is not None
    assert other.stdout.readline().split() == ["000001", "300"]
    with duckdb.connect(str(serving / "current.duckdb"), read_only=True) as mine:
        publish_number(tmp_path, 2, keep=1)
        publish_number(tmp_path, 3, keep=1)
        assert len(list((serving / "snapshots").iterdir())) == 1
        row = mine.execute("SELECT version[:6], (SELECT max(build_number) FROM core.dim_user) FROM meta.publication").fetchone()
        assert row == ("000001", 1)
        # In the very process that still holds the old file.
        served = current(serving)
        assert served is not None
        assert served.version[:6] == "000003"
        assert query(serving, "SELECT DISTINCT build_number FROM kpi.daily_sales").to_pylist() == [{"build_number": 3}]
    answer, complaint = other.communicate("\n", timeout=60)
    assert [line.split() for line in answer.splitlines()] == [["000001", "300"], ["000003", "900"]], complaint


@pytest.mark.parametrize(
    ("point", "served"),
    [
        *((f"progress-{step}", 1) for step in range(1, 7)),
        ("before-seal", 1),
        ("before-swap", 1),
        ("after-swap", 2),
        ("before-keep_staged", 2),
        ("after-keep_staged", 2),
        ("before-prune", 2),
        ("after-prune", 2),
    ],
)
def test_a_publication_killed_at_any_step_leaves_a_whole_version_and_the_next_one_cleans_up(
    tmp_path: Path, point: str, served: int
) -> None:
    publish_number(tmp_path, 1, keep=3)
    serving = tmp_path / "serving"
    child = start(PUBLISHER, tmp_path, 2, point)
    _, complaint = child.communicate(timeout=60)
    assert child.returncode == -signal.SIGKILL, complaint
    assert served_build(serving) == served
    publish_number(tmp_path, served + 1, keep=3)
    assert served_build(serving) == served + 1
    # A version that was served is kept for rollback, one that never was leaves nothing.
    assert [int(one.version[:6]) for one in history(serving)] == list(range(served + 1, 0, -1))
    assert sorted(path.name for path in serving.iterdir()) == ["current.duckdb", "publish.lock", "snapshots"]


@pytest.mark.slow
def test_a_publication_killed_at_seeded_moments_never_harms_what_is_served(tmp_path: Path) -> None:
    publish_number(tmp_path, 1, keep=3)
    serving = tmp_path / "serving"
    child = start(PUBLISHER, tmp_path, 2, "never")
    assert child.stdout is not None
    child.stdout.readline()
    began = time.perf_counter()
    child.communicate(timeout=60)
    duration = time.perf_counter() - began
    moments = random.Random(20260131)  # noqa: S311
    killed = 0
    for _ in range(15):
        before = served_build(serving)
        child = start(PUBLISHER, tmp_path, before + 1, "never")
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(moments.uniform(0, duration))
        child.kill()
        child.communicate(timeout=60)
        killed += child.returncode == -signal.SIGKILL
        assert served_build(serving) in (before, before + 1)
    assert killed > 5
    last = served_build(serving) + 1
    publish_number(tmp_path, last, keep=3)
    assert served_build(serving) == last
    assert len(history(serving)) == 3
    assert not (serving / "staging").exists()


def test_a_file_size_limit_counts_as_a_full_disk_and_what_is_served_stays(tmp_path: Path) -> None:
    publish_number(tmp_path, 1)
    child = start(LIMITED, tmp_path)
    answer, complaint = child.communicate(timeout=60)
    assert child.returncode == 0, complaint
    assert answer.startswith("The disk is full"), complaint
    assert "What to do: free some space" in answer
    serving = tmp_path / "serving"
    assert served_build(serving) == 1
    assert not (serving / "staging").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)]
    if mount is None or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small tmpfs is not permitted here; the file size limit test covers the same refusal")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_is_named_the_served_version_stays_and_a_later_publication_succeeds(
    tmp_path: Path, small_disk: Path
) -> None:
    serving = tmp_path / "serving"
    serving.symlink_to(small_disk, target_is_directory=True)
    publish_number(tmp_path, 1)
    with pytest.raises(DiskFullError, match="The disk is full"):
        publish_number(tmp_path, 2, megabytes=20)
    assert served_build(serving) == 1
    assert query(serving, "SELECT count(*) AS n FROM core.dim_user").to_pylist() == [{"n": 300}]
    assert sorted(path.name for path in small_disk.iterdir()) == ["current.duckdb", "publish.lock", "snapshots"]
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space left"):
        filler.write_bytes(bytes(8_000_000))
    with pytest.raises(DiskFullError):
        publish_number(tmp_path, 2)
    assert served_build(serving) == 1
    filler.unlink()
    publish_number(tmp_path, 2)
    assert served_build(serving) == 2
