"""Published marts, and the reports that people read."""

from collections.abc import Iterator, Sequence
from typing import Any

from dagster import AssetExecutionContext, AssetsDefinition, AssetSpec, MaterializeResult, MetadataValue, multi_asset

from orchestration import keys, steps
from orchestration.resources import BuildFile, Workplace
from orchestration.retries import on_locks_and_io
from serving.model import PublishedTable


def build_served_assets(tables: Sequence[PublishedTable]) -> list[AssetsDefinition]:
    """`publish` makes every served mart in one snapshot, `report` the validation report and the plan book."""
    specs = [
        AssetSpec(
            keys.served_key(table.full_name),
            deps=[keys.table_key(table.full_name)],
            description=table.description,
            group_name="served",
            owners=[keys.OPERATIONS],
            kinds={"duckdb"},
        )
        for table in tables
    ]

    @multi_asset(specs=specs, name="publish", pool=keys.POOL)
    def publish(
        context: AssetExecutionContext, workplace: Workplace, build_file: BuildFile
    ) -> Iterator[MaterializeResult[Any]]:
        """Write a snapshot, verify it, swap it in."""
        del build_file
        with on_locks_and_io():
            publication, is_new = steps.publish(workplace.settings, context.run_id, workplace.date)
        for table in publication.tables:
            yield MaterializeResult(
                asset_key=keys.served_key(table.full_name),
                metadata={"dagster/row_count": table.rows, "version": publication.version, "new": is_new},
            )

    @multi_asset(
        specs=[
            AssetSpec(
                keys.DATA_DOCS,
                deps=[spec.key for spec in specs],
                description="What was checked, what failed, which rows, and how to mend them: a page to open in a browser.",
                group_name="reports",
                owners=[keys.OPERATIONS],
                kinds={"html"},
            ),
            AssetSpec(
                keys.PLAN_BOOK,
                deps=[spec.key for spec in specs],
                description="Revenue against target, pipeline, forecast, capacity, hiring, decision: one page for leaders.",
                group_name="reports",
                owners=[keys.OPERATIONS],
                kinds={"html"},
            ),
        ],
        name="report",
        pool=keys.POOL,
    )
    def report(context: AssetExecutionContext, workplace: Workplace, build_file: BuildFile) -> Iterator[MaterializeResult[Any]]:
        """Write the validation report over the checks of this run, and the plan book over what is served."""
        del build_file
        page = steps.write_docs(workplace.settings, context.run_id)
        yield MaterializeResult(asset_key=keys.DATA_DOCS, metadata={"page": MetadataValue.path(str(page))})
        with on_locks_and_io():
            book = steps.write_plan_book(workplace.settings)
        yield MaterializeResult(asset_key=keys.PLAN_BOOK, metadata={"page": MetadataValue.path(str(book))})

    return [publish, report]
