"""Raw tables from the inbox, and business parameters as tables."""

from collections.abc import Iterator
from typing import Any

from dagster import AssetExecutionContext, AssetsDefinition, AssetSpec, MaterializeResult, multi_asset

from ingestion import canonical
from orchestration import keys, steps
from orchestration.resources import BuildFile, Workplace
from orchestration.retries import on_locks_and_io
from warehouse import company, config_tables, database


def build_raw_assets() -> list[AssetsDefinition]:
    """`ingest` makes every raw table, `configure` every table of parameters."""
    raw_specs = [
        AssetSpec(
            keys.raw_key(item.table),
            description=f"Every loaded version of {item.name}, typed, under the vendor's own column names.",
            group_name="raw",
            owners=[keys.ENGINEERING],
            kinds={"duckdb"},
            metadata={"key": ", ".join(item.key), "columns": len(item.columns)},
        )
        for item in canonical.objects().values()
    ]
    config_specs = [
        AssetSpec(
            keys.config_key(name),
            deps=[keys.raw_key(item.table) for item in canonical.objects().values()] if name == "run_context" else [],
            description=f"The business parameters {name}, from the company's business/*.yml.",
            group_name="config",
            owners=[keys.OPERATIONS],
            kinds={"yaml", "duckdb"},
        )
        for name in config_tables.names()
    ]
    ledger_spec = AssetSpec(
        keys.DECISIONS,
        description="What people decided about plans, as the ledger holds it.",
        group_name="ledger",
        owners=[keys.OPERATIONS],
        kinds={"duckdb"},
    )

    @multi_asset(specs=raw_specs, name="ingest", can_subset=True, pool=keys.POOL)
    def ingest(context: AssetExecutionContext, workplace: Workplace, build_file: BuildFile) -> Iterator[MaterializeResult[Any]]:
        """Land and load what is new in the inbox."""
        del build_file  # held, not used
        with on_locks_and_io():
            report = steps.ingest(workplace.settings)
        rows = _row_counts(workplace)
        loaded: dict[str, list[str]] = {}
        for file in report.files:
            for count in file.counts:
                loaded.setdefault(canonical.objects()[count.object].table, []).append(file.name)
        for held in report.held:
            context.log.warning(f"{held.name} is {held.status}: {held.reason}")
        for item in canonical.objects().values():
            if keys.raw_key(item.table) in context.selected_asset_keys:
                files = loaded.get(item.table, [])
                yield MaterializeResult(
                    asset_key=keys.raw_key(item.table),
                    metadata={"dagster/row_count": rows[item.table], "files loaded": ", ".join(files) or "none"},
                )

    @multi_asset(specs=[*config_specs, ledger_spec], name="configure", can_subset=True, pool=keys.POOL)
    def configure(
        context: AssetExecutionContext, workplace: Workplace, build_file: BuildFile
    ) -> Iterator[MaterializeResult[Any]]:
        """Write the business parameters, as_of and the decisions for dbt."""
        del build_file
        with on_locks_and_io():
            date = steps.configure(workplace.settings, workplace.date)
        tables = config_tables.tables(company.load(workplace.settings.sources), date)
        for name, (_, rows) in tables.items():
            if keys.config_key(name) in context.selected_asset_keys:
                yield MaterializeResult(
                    asset_key=keys.config_key(name),
                    metadata={"dagster/row_count": len(rows), "as_of": date.isoformat()},
                )
        if keys.DECISIONS in context.selected_asset_keys:
            yield MaterializeResult(asset_key=keys.DECISIONS)

    return [ingest, configure]


def _row_counts(workplace: Workplace) -> dict[str, int]:
    connection = database.connect(workplace.settings.home.build, read_only=True)
    try:
        counts = {}
        for item in canonical.objects().values():
            row = connection.execute(f"SELECT count(*) FROM {item.sql_name}").fetchone()
            counts[item.table] = int(row[0]) if row else 0
        return counts
    finally:
        connection.close()
