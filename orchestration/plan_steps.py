"""The planning step: what dbt prepared goes into planning's functions as Arrow; the answers become the schema `planning`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from orchestration.progress import report as progress
from orchestration.settings import Settings
from warehouse import database
from warehouse.company import Company
from warehouse.errors import StateError

SCHEMA = "planning"
Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class Planned:
    """One table of the schema `planning`: what it is, and which tables of the build file it is made from."""

    description: str
    reads: tuple[str, ...]


TABLES: dict[str, Planned] = {
    "demand_forecast": Planned(
        "Forecasts of every monthly series by every model, with the one that is used.", ("intermediate.int_forecast_history",)
    ),
    "forecast_backtest": Planned("How well each model did on held-out months.", ("intermediate.int_forecast_history",)),
    "period_projection": Planned(
        "What this period and the next will bring: closed, open by stage, and what usually comes on top.",
        ("intermediate.int_projection_basis",),
    ),
    "support_staffing": Planned(
        "Agents that each interval of the week needs (Erlang C).", ("intermediate.int_support_interval",)
    ),
    "inventory_policy": Planned("Safety stock, reorder point and order quantity.", ("intermediate.int_stock_item",)),
    "rep_capacity": Planned(
        "What the present reps can sell, month by month.",
        ("intermediate.int_rep_capacity_basis", "intermediate.int_segment_headcount", "intermediate.int_segment_target"),
    ),
    "hiring_need": Planned(
        "How many to hire for each possible start.",
        ("intermediate.int_rep_capacity_basis", "intermediate.int_segment_headcount", "intermediate.int_segment_target"),
    ),
    "proposal": Planned(
        "The plan that is proposed, as one hash over everything that a person signs.",
        ("plan.rep_assignment", "intermediate.int_forecast_history", "intermediate.int_rep_capacity_basis"),
    ),
}


PROPOSAL = pa.schema([("plan_hash", pa.string()), ("as_of", pa.date32())])


def schemas() -> dict[str, pa.Schema]:
    """The columns of each planning table."""
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
        "proposal": PROPOSAL,
    }


@dataclass
class _Context:
    company: Company
    as_of: dt.date
    read: Callable[[str], pa.Table]
    made: dict[str, pa.Table] = field(default_factory=dict)


def plan(settings: Settings) -> dict[str, int]:
    """Compute every planning table and write it into the build file, all in one transaction; rows by table.

    Raises:
        StateError: dbt has not built what planning reads.
    """
    company = settings.company()
    connection = database.connect(settings.home.build)
    try:
        context = _Context(company, _as_of(connection), lambda name: _read(connection, name))
        stages = (_forecast, _project, _staff, _stock, _sell, _propose)
        for done, stage in enumerate(stages):
            progress("planning", done, len(stages), stage.__name__.strip("_"))
            context.made.update(stage(context))
        progress("planning", len(stages), len(stages), "written")
        write(connection, context.made)
        return {name: table.num_rows for name, table in context.made.items()}
    finally:
        connection.close()


def _forecast(context: _Context) -> Tables:
    from planning.forecasting import forecast

    setting = context.company.forecast
    made = forecast(
        context.read("intermediate.int_forecast_history"),
        horizon=setting.horizon_months,
        season=setting.season_months,
        held_out=setting.held_out_months,
        min_history=setting.min_history_months,
    )
    return {"demand_forecast": made.forecast, "forecast_backtest": made.backtest}


def _project(context: _Context) -> Tables:
    from planning.projection import project

    return {"period_projection": project(context.read("intermediate.int_projection_basis"))}


def _staff(context: _Context) -> Tables:
    from planning.erlang import staff

    setting = context.company.capacity.support
    staffed = staff(
        context.read("intermediate.int_support_interval"),
        interval_minutes=setting.interval_minutes,
        answer_seconds=setting.answer_seconds,
        service_level=setting.service_level,
        max_occupancy=setting.max_occupancy,
        shrinkage=setting.shrinkage,
    )
    return {"support_staffing": staffed}


def _stock(context: _Context) -> Tables:
    from planning.inventory import policy

    setting = context.company.capacity.stock
    items = policy(
        context.read("intermediate.int_stock_item"),
        service_level=setting.service_level,
        review_days=setting.review_days,
        lead_time_cv=setting.lead_time_cv,
    )
    return {"inventory_policy": items}


def _sell(context: _Context) -> Tables:
    from planning.hiring import hiring
    from planning.sales_capacity import capacity

    setting, ramp = context.company.capacity.sales, context.company.team.ramp
    reps = context.read("intermediate.int_rep_capacity_basis")
    leavers = context.read("intermediate.int_segment_headcount")
    first_month = (context.as_of.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    sold = capacity(
        reps,
        leavers,
        context.read("intermediate.int_segment_target"),
        first_month=first_month,
        horizon=setting.horizon_months,
        ramp=ramp,
        availability=setting.availability,
        default_attainment=setting.default_attainment,
        annual_attrition=setting.annual_attrition,
        attrition_weight=setting.attrition_weight,
    )
    hires = hiring(
        sold,
        reps,
        leavers,
        first_month=first_month,
        ramp=ramp,
        availability=setting.availability,
        annual_attrition=setting.annual_attrition,
        attrition_weight=setting.attrition_weight,
        time_to_fill_days=setting.time_to_fill_days,
        as_of=context.as_of,
    )
    return {"rep_capacity": sold, "hiring_need": hires}


def _propose(context: _Context) -> Tables:
    from planning.proposal import fingerprint

    signed = {name: context.made[name] for name in ("demand_forecast", "rep_capacity", "hiring_need")}
    signed["rep_assignment"] = context.read("plan.rep_assignment")
    content = {"plan_hash": [fingerprint(signed)], "as_of": [context.as_of]}
    return {"proposal": pa.table(content, schema=PROPOSAL)}


def _as_of(connection: duckdb.DuckDBPyConnection) -> dt.date:
    row = connection.execute("SELECT as_of FROM config.run_context").fetchone()
    if row is None:
        raise StateError("The build has no as_of yet", "config.run_context", "run `salesops run`")
    found: dt.date = row[0]
    return found


def _read(connection: duckdb.DuckDBPyConnection, name: str) -> pa.Table:
    try:
        return connection.execute(f"SELECT * FROM {name}").to_arrow_table()
    except duckdb.CatalogException as error:
        raise StateError(f"{name} has not been built", "the build file", "run `salesops run`, without --select") from error


def write(connection: duckdb.DuckDBPyConnection, made: Tables) -> None:
    """Write planning tables into a build file, all in one transaction."""
    connection.execute("BEGIN")
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    for name, table in made.items():
        connection.register("planned", table)
        connection.execute(f"CREATE OR REPLACE TABLE {SCHEMA}.{database.quote(name)} AS SELECT * FROM planned")
        connection.unregister("planned")
    connection.execute("COMMIT")
