"""One archive of sample exports, shared by the tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from sample import SampleSummary
from tests.integration.sampled import connect, write


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleSummary]:
    """Five weekly exports, and what their writer said of them."""
    return write(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def con(written: tuple[Path, SampleSummary]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The newest version of every exported record, a table for each object."""
    with connect(written[0]) as con:
        yield con
