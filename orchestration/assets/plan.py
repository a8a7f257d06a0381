"""The schema `planning`: forecasts, staffing, stock, capacity, hiring and the proposal, in one step between dbt and dbt."""

from collections.abc import Iterator
from typing import Any

from dagster import AssetsDefinition, AssetSpec, MaterializeResult, multi_asset

from orchestration import keys, plan_steps
from orchestration.resources import BuildFile, Workplace
from orchestration.retries import on_locks_and_io


def build_planning_assets() -> list[AssetsDefinition]:
    """`plan` makes every planning table; they are computed together, because one plan is signed."""
    specs = [
        AssetSpec(
            keys.table_key(f"{plan_steps.SCHEMA}.{name}"),
            deps=[keys.table_key(read) for read in table.reads],
            description=table.description,
            group_name=plan_steps.SCHEMA,
            owners=[keys.OPERATIONS],
            kinds={"python", "duckdb"},
        )
        for name, table in plan_steps.TABLES.items()
    ]

    @multi_asset(specs=specs, name="plan", pool=keys.POOL)
    def plan(workplace: Workplace, build_file: BuildFile) -> Iterator[MaterializeResult[Any]]:
        """Forecast, project, staff, stock, count capacity, propose."""
        del build_file
        with on_locks_and_io():
            rows = plan_steps.plan(workplace.settings)
        for name in plan_steps.TABLES:
            yield MaterializeResult(
                asset_key=keys.table_key(f"{plan_steps.SCHEMA}.{name}"), metadata={"dagster/row_count": rows[name]}
            )

    return [plan]
