"""Every dbt model: one @dbt_assets over the whole project; Dagster splits it where planning stands in between."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from dagster import AssetExecutionContext, AssetsDefinition, AssetSpec
from dagster_dbt import DagsterDbtTranslator, DbtProject, dbt_assets

from orchestration import keys
from orchestration.dbt_in_process import DbtInProcessResource
from orchestration.progress import report
from orchestration.resources import BuildFile, Workplace

# Unit tests and the macros' rows of expectations test the project, not the data: `make test` runs them.
NOT_IN_A_RUN = "resource_type:unit_test assert_macros_meet_expectations"


class Translator(DagsterDbtTranslator):  # type: ignore[misc]  # mypy does not follow this library
    """Keys schema/model; groups and owners by schema."""

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> AssetSpec:
        """The standard spec, under the scheme of orchestration/keys.py."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = manifest["nodes"].get(unique_id) or manifest["sources"][unique_id]
        changed: AssetSpec = spec.replace_attributes(
            key=keys.table_key(f"{node['schema']}.{node.get('alias') or node['name']}"),
            group_name=node["schema"],
            owners=[keys.owner_of(node["schema"])],
        )
        return changed


def build_dbt_assets(manifest: Path) -> AssetsDefinition:
    """All models of a manifest, with their data tests as checks."""

    @dbt_assets(  # type: ignore[untyped-decorator]
        manifest=manifest,
        name="dbt",
        exclude=NOT_IN_A_RUN,
        dagster_dbt_translator=Translator(),
        pool=keys.POOL,
    )
    def dbt_models(
        context: AssetExecutionContext, dbt: DbtInProcessResource, workplace: Workplace, build_file: BuildFile
    ) -> Iterator[Any]:
        """Build and test the models."""
        del build_file
        arguments = ["build", *(["--full-refresh"] if workplace.full_refresh else [])]

        def on_node(done: int, total: int, name: str, status: str, seconds: float) -> None:  # noqa: ARG001
            report("dbt", done, total, name)

        yield from dbt.cli(arguments, context=context, on_node=on_node).stream()

    made: AssetsDefinition = dbt_models
    return made
