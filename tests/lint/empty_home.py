"""A home with every table that dbt reads and no record, for linters and tests that only need the tables to exist."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from ingestion import canonical, records
from orchestration import decision_steps, plan_steps
from orchestration.settings import Settings
from warehouse import company, config_tables, personal
from warehouse.database import connect
from warehouse.home import Home


def make_empty_home(root: Path) -> Home:
    """Make the folders and the build file under `root`."""
    home = Home(root).create()
    with connect(home.build) as connection:
        canonical.create_all(connection)
        records.create_tables(connection)
        config_tables.write(connection, company.load(), dt.date(2025, 6, 30))
        personal.write_table(connection, root)
        decision_steps.write_table(Settings(home, home.inbox, None), connection)
        plan_steps.write(connection, {name: schema.empty_table() for name, schema in plan_steps.schemas().items()})
    return home


if __name__ == "__main__":
    make_empty_home(Path(os.environ["SALESOPS_HOME"]))
