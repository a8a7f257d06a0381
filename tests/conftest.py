"""What all tests share: where real data lies, and the rule that a fast tier stays fast."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FAST = ROOT / "tests" / "unit"


def pytest_configure(config: pytest.Config) -> None:
    """No library phones home from a test, and nothing of a person's own settings leaks in."""
    for name, value in {
        "DO_NOT_TRACK": "1",
        "GX_ANALYTICS_ENABLED": "false",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        # Keyed hashes of marts are compared between homes.
        "SALESOPS_PERSONAL_KEY": "the tests' key, equal in every home",
    }.items():
        os.environ[name] = value
    for name in ("SALESOPS_HOME", "SALESOPS_INBOX", "SALESOPS_SOURCES", "DAGSTER_HOME"):
        os.environ.pop(name, None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a slow test in the fast tier."""
    for item in items:
        if FAST in Path(item.path).parents and item.get_closest_marker("slow"):
            raise pytest.UsageError(f"{item.nodeid} is marked slow; move it out of tests/unit")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """A unit test that takes more than two seconds fails, so that the tier stays fast."""
    report = yield
    limit = 2.0
    if call.when == "call" and FAST in Path(item.path).parents and report.passed and call.duration > limit:
        report.outcome = "failed"
        report.longrepr = f"took {call.duration:.1f} s; a unit test has {limit:.0f} s. Move it to tests/integration."
    return report


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; unset: skipped with a word, set and missing: a failure."""
    place = os.environ.get("SALESOPS_TEST_DATA")
    if not place:
        pytest.skip("SALESOPS_TEST_DATA is not set: no real data to test with")
    folder = Path(place)
    assert folder.is_dir(), f"SALESOPS_TEST_DATA names {folder}, which does not exist"
    return folder
