"""A home with every raw and config table and no record, for linters and tests that only need the tables to exist."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from ingestion import canonical
from warehouse import company, config_tables
from warehouse.database import connect
from warehouse.home import Home


def make_empty_home(root: Path) -> Home:
    """Make the folders and the build file under `root`."""
    home = Home(root).create()
    with connect(home.build) as connection:
        canonical.create_all(connection)
        config_tables.write(connection, company.load(), dt.date(2025, 6, 30))
    return home


if __name__ == "__main__":
    make_empty_home(Path(os.environ["SALESOPS_HOME"]))
