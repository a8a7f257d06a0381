"""Law 5 through dbt: after any history of files, models that grew run by run equal those of a full refresh."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.integration.exports import Place
from tests.integration.test_history_laws import History, contracts_of, histories, is_told_apart, names_of
from tests.lint.empty_home import make_empty_home
from warehouse import company, config_tables, database

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
TOGETHER = 5
EXAMPLES = int(os.environ.get("SALESOPS_DBT_HISTORIES", "5")) // TOGETHER
PARTS = 3
pytestmark = pytest.mark.slow


def dbt_run(place: Place, *arguments: str) -> None:
    """Build every model of a home."""
    root = place.home.root
    environment = os.environ | {
        "SALESOPS_HOME": str(root),
        "DBT_TARGET_PATH": str(root.parent / "target"),
        "DBT_LOG_PATH": str(root / "logs"),
    }
    command = [str(Path(sys.executable).with_name("dbt")), "run", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    done = subprocess.run([*command, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def marts(place: Place) -> dict[str, tuple[int, str]]:
    """An order-free hash of every table that dbt made."""
    with duckdb.connect(str(place.home.build), read_only=True) as connection:
        names = connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables "
            "WHERE table_schema NOT IN ('raw', 'meta', 'config', 'ledger', 'planning')"
        ).fetchall()
        return {name: database.table_hash(connection, name) for (name,) in names}


@given(st.lists(histories.filter(is_told_apart), min_size=TOGETHER, max_size=TOGETHER))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
    phases=[Phase.generate],
)
def test_models_that_grew_run_by_run_equal_a_full_refresh(
    tmp_path_factory: pytest.TempPathFactory, together: list[History]
) -> None:
    folder = tmp_path_factory.mktemp("dbt_histories")
    contracts = contracts_of(folder, together)
    homes = []
    for name in ("grown", "at_once"):
        home = make_empty_home(folder / name)
        with database.connect(home.build) as connection:
            config_tables.write(connection, company.load(), dt.date(2026, 3, 31))
        homes.append(Place(home.root, contracts))
    grown, at_once = homes
    drops = [names_of(history, number) for number, history in enumerate(together)]
    for part in range(PARTS):
        for files in drops:
            for name, content in files[part::PARTS]:
                grown.drop(name, content)
                at_once.drop(name, content)
        grown.ingest()
        dbt_run(grown)
    at_once.ingest()
    dbt_run(at_once, "--full-refresh")
    assert marts(grown)["core.fct_opportunity"][0] > 0
    assert marts(grown) == marts(at_once)
