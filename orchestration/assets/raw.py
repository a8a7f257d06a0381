"""Raw tables from the inbox, and business parameters as tables."""

from collections.abc import Iterator
from typing import Any

from dagster import AssetExecutionContext, AssetKey, AssetsDefinition, AssetSpec, MaterializeResult, multi_asset

from ingestion import canonical
from ingestion.inbox_pass import IngestReport
from orchestration import keys, steps
from orchestration.resources import BuildFile, Workplace
from orchestration.retries import on_locks_and_io
from warehouse import company, config_tables, database, personal


def build_raw_assets() -> list[AssetsDefinition]:
    """`ingest` makes every raw table, and the tables of parameters and decisions.

    They are one step: two of them would make Dagster split dbt between models that read parameters and models that do not.
    """
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
            # The default of as_of is the newest record's day.
            deps=[keys.raw_key(item.table) for item in canonical.objects().values()] if name == "run_context" else [],
            description="The home's key for keyed hashes of personal values; never published."
            if name == personal.NAME
            else f"The business parameters {name}, from the company's business/*.yml.",
            group_name="config",
            owners=[keys.OPERATIONS],
            kinds={"yaml", "duckdb"},
        )
        for name in [*config_tables.names(), personal.NAME]
    ]
    meta_spec = AssetSpec(
        keys.FULL_LOADS,
        description="Moments at which all records of an object are known, so that what is missing there was deleted.",
        group_name="meta",
        owners=[keys.ENGINEERING],
        kinds={"duckdb"},
    )
    ledger_spec = AssetSpec(
        keys.DECISIONS,
        description="What people decided about plans, as the ledger holds it.",
        group_name="ledger",
        owners=[keys.OPERATIONS],
        kinds={"duckdb"},
    )

    @multi_asset(specs=[*raw_specs, meta_spec, *config_specs, ledger_spec], name="ingest", can_subset=True, pool=keys.POOL)
    def ingest(context: AssetExecutionContext, workplace: Workplace, build_file: BuildFile) -> Iterator[MaterializeResult[Any]]:
        """Land and load what is new in the inbox; write the business parameters, as_of and the decisions beside it."""
        del build_file  # held, not used
        with on_locks_and_io():
            report = steps.ingest(workplace.settings)
            date = steps.configure(workplace.settings, workplace.date)
        for held in report.held:
            context.log.warning(f"{held.name} is {held.status}: {held.reason}")
        found = _raw_metadata(workplace, report)
        for name, (_, rows) in config_tables.tables(company.load(workplace.settings.sources), date).items():
            found[keys.config_key(name)] = {"dagster/row_count": len(rows), "as_of": date.isoformat()}
        found[keys.config_key(personal.NAME)] = {"dagster/row_count": 1}
        found |= {keys.FULL_LOADS: {}, keys.DECISIONS: {}}
        for key, metadata in found.items():
            if key in context.selected_asset_keys:
                yield MaterializeResult(asset_key=key, metadata=metadata)

    return [ingest]


def _raw_metadata(workplace: Workplace, report: IngestReport) -> dict[AssetKey, dict[str, Any]]:
    rows = _row_counts(workplace)
    loaded: dict[str, list[str]] = {}
    for file in report.files:
        for count in file.counts:
            loaded.setdefault(canonical.table_name(count.object), []).append(file.name)
    return {
        keys.raw_key(table): {"dagster/row_count": rows[table], "files loaded": ", ".join(loaded.get(table, [])) or "none"}
        for table in rows
    }


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
