"""A home with every table that dbt reads and no record, for linters and tests that only need the tables to exist."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion import canonical
from orchestration import decision_steps
from orchestration.settings import Settings
from warehouse import company, config_tables
from warehouse.database import connect, quote
from warehouse.home import Home


def make_empty_home(root: Path) -> Home:
    """Make the folders and the build file under `root`."""
    home = Home(root).create()
    with connect(home.build) as connection:
        canonical.create_all(connection)
        config_tables.write(connection, company.load(), dt.date(2025, 6, 30))
        decision_steps.write_table(Settings(home, home.inbox, None), connection)
        _write_planning(connection)
    return home


def planning_tables() -> dict[str, pa.Schema]:
    """The tables of the schema `planning` as planning declares them."""
    from planning.erlang import STAFFING
    from planning.forecasting import BACKTEST, FORECAST
    from planning.hiring import HIRING
    from planning.inventory import POLICY
    from planning.projection import PROJECTION
    from planning.sales_capacity import CAPACITY

    return {
        "demand_forecast": FORECAST,
        "forecast_backtest": BACKTEST,
        "period_projection": PROJECTION,
        "support_staffing": STAFFING,
        "inventory_policy": POLICY,
        "rep_capacity": CAPACITY,
        "hiring_need": HIRING,
        "proposal": pa.schema([("plan_hash", pa.string()), ("as_of", pa.date32())]),
    }


def _write_planning(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE SCHEMA planning")
    for name, schema in planning_tables().items():
        connection.register("planned", schema.empty_table())
        connection.execute(f"CREATE TABLE planning.{quote(name)} AS SELECT * FROM planned")
        connection.unregister("planned")


if __name__ == "__main__":
    make_empty_home(Path(os.environ["SALESOPS_HOME"]))
