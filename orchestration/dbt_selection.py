"""Which nodes of a dbt project the assets and checks of a Dagster run stand for, as options of a dbt command.

dagster_dbt names every selected model. dbt looks through the whole project for each name, which costs two seconds
for a part of 83 models; where the rest is the shorter list, and means exactly the same, it is excluded instead.
Imports dagster_dbt, which costs seconds: import it where it is used.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Set
from typing import Any

from dagster import AssetExecutionContext, OpExecutionContext
from dagster_dbt import DagsterDbtTranslator, asset_utils
from dagster_dbt.asset_utils import DAGSTER_DBT_UNIQUE_ID_METADATA_KEY


def options_for(
    context: AssetExecutionContext | OpExecutionContext, manifest: Mapping[str, Any], translator: DagsterDbtTranslator
) -> list[str]:
    """dbt's selection options for what the context selects.

    The standard resource copies the whole project when this gets longer than a command line may be; here is no such limit.

    Args:
        context: of a `@dbt_assets` function, whose own select, exclude and selector hold as well.
        manifest: that of the assets, as dbt wrote it.
        translator: that of the assets.

    Returns:
        `--select`, `--exclude`, `--selector` as needed, and always `--indirect-selection`.
    """
    tags = context.op.tags
    exclude = tags.get(asset_utils.DAGSTER_DBT_EXCLUDE_METADATA_KEY)
    select = tags.get(asset_utils.DAGSTER_DBT_SELECT_METADATA_KEY)
    selector = tags.get(asset_utils.DAGSTER_DBT_SELECTOR_METADATA_KEY)
    named, indirect = asset_utils.get_subset_selection_for_context(
        context=context,
        manifest=manifest,
        select=select,
        exclude=exclude,
        selector=selector,
        dagster_dbt_translator=translator,
        current_dbt_indirect_selection_env=os.environ.get(asset_utils.DBT_INDIRECT_SELECTION_ENV),
    )
    selection = list(named)
    if exclude and "--exclude" not in selection:
        # A part of the project is named asset by asset, which would bring in the tests that were excluded.
        selection += ["--exclude", exclude]
    is_part = context.assets_def.keys_by_output_name != context.assets_def.node_keys_by_output_name
    if is_part and not (indirect or selector) and select in (None, asset_utils.DBT_DEFAULT_SELECT):
        chosen = {
            context.assets_def.get_asset_spec(key).metadata[DAGSTER_DBT_UNIQUE_ID_METADATA_KEY]
            for key in context.selected_asset_keys
        }
        rest = rest_to_exclude(manifest, chosen)
        if rest is not None:
            selection = ["--exclude", " ".join([exclude or "", *rest]).strip()]
    # A test that reads a model of a later part has to wait for it; by default dbt would run it with the first part.
    return [*selection, "--indirect-selection", indirect or "buildable"]


def rest_to_exclude(manifest: Mapping[str, Any], chosen: Set[str]) -> list[str] | None:
    """The nodes to exclude so that the chosen ones remain, with the same tests as if these had been named.

    Args:
        manifest: as dbt wrote it.
        chosen: unique ids of models, seeds and snapshots.

    Returns:
        Their fully qualified names; None if that list would not be the shorter one, or if dbt would take other tests: with
        `--indirect-selection buildable` a name takes along each test of it whose other models are named or lie upstream.
    """
    nodes, parents = manifest["nodes"], manifest["parent_map"]
    rest = {name for name, node in nodes.items() if node["resource_type"] in ("model", "seed", "snapshot")} - chosen
    if len(rest) >= len(chosen):
        return None
    tests = {
        name: {parent for parent in parents[name] if parent in nodes}
        for name, node in nodes.items()
        if node["resource_type"] == "test"
    }
    reach = {part: _upstream(part, parents) for part in (frozenset(chosen), frozenset(rest))}
    kept, gone = ({name for name, read in tests.items() if read & part and read <= known} for part, known in reach.items())
    if kept & gone or kept | gone != tests.keys():
        return None
    return sorted(".".join(nodes[name]["fqn"]) for name in rest)


def _upstream(names: Set[str], parents: Mapping[str, list[str]]) -> set[str]:
    """The names and all that they are made from."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += parents.get(name, [])
    return found
