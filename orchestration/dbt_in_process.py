"""dbt inside the Dagster process: `DbtInProcessResource`, a drop-in for dagster_dbt's DbtCliResource, and `parse_manifest`.

The standard resource starts `dbt` as a process for every step, and each pays imports, parsing and a start of the adapter again.
This one keeps all three. dbt_call.py runs dbt, dbt_events.py turns its events into Dagster's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagster import AssetExecutionContext, ConfigurableResource, OpExecutionContext
from filelock import FileLock
from pydantic import Field

from orchestration.dbt_call import DbtCall, DbtFolders
from warehouse.errors import TransformError

if TYPE_CHECKING:
    from dagster_dbt import DagsterDbtTranslator

    from orchestration.dbt_events import DbtInProcessInvocation, OnNode


class DbtInProcessResource(ConfigurableResource):  # type: ignore[type-arg]
    """Runs dbt commands in this process, where DbtCliResource would start another one.

    Use it as that one: `yield from dbt.cli(["build"], context=context).stream()` in the body of `@dbt_assets`. Differences: dbt
    starts with the first event that is asked for; row counts come without being asked for; dbt prints nothing (its log file has
    it all); all calls share one target folder, so artifacts are those of the last call.
    """

    project_dir: str = Field(description="The folder with dbt_project.yml.")
    profiles_dir: str | None = Field(default=None, description="The folder with profiles.yml; default: project_dir.")
    target_path: str = Field(description="Where dbt writes manifest, compiled SQL and run results.")
    log_path: str = Field(description="Where dbt writes dbt.log.")
    profile: str | None = Field(default=None, description="The profile, if not the one that dbt_project.yml names.")
    target: str | None = Field(default=None, description="The target, if not the profile's default.")
    threads: int | None = Field(default=None, description="How many nodes dbt runs at once, if not as the profile says.")
    env: dict[str, str] = Field(default={}, description="Environment variables for dbt, gone after each call.")

    @property
    def folders(self) -> DbtFolders:
        """Where dbt reads and writes, as absolute paths."""
        return _folders(
            self.project_dir,
            self.profiles_dir,
            self.target_path,
            self.log_path,
            profile=self.profile,
            target=self.target,
            threads=self.threads,
            env=self.env,
        )

    def cli(
        self,
        args: Sequence[str],
        *,
        raise_on_error: bool = True,
        manifest: Mapping[str, Any] | str | Path | None = None,
        dagster_dbt_translator: DagsterDbtTranslator | None = None,
        context: AssetExecutionContext | OpExecutionContext | None = None,
        on_node: OnNode | None = None,
    ) -> DbtInProcessInvocation:
        """Prepare one dbt command; its `stream()` or `wait()` runs it.

        Args:
            args: the dbt command, as for DbtCliResource.cli.
            raise_on_error: raise DagsterDbtCliRuntimeError after the last event if dbt failed.
            manifest: needed only without the context of a `@dbt_assets` function, which brings its own.
            dagster_dbt_translator: likewise.
            context: in a `@dbt_assets` function; limits dbt to the assets and checks selected there.
            on_node: progress; see dbt_events.OnNode.
        """
        from dagster_dbt import DagsterDbtTranslator
        from dagster_dbt.asset_utils import extract_runtime_selection_from_args, get_manifest_and_translator_from_dbt_assets
        from dagster_dbt.dbt_manifest import validate_manifest

        from orchestration.dbt_events import DbtInProcessInvocation

        known = validate_manifest(manifest) if manifest else {}
        translator = dagster_dbt_translator or DagsterDbtTranslator()
        project = None
        command, selects, excludes = extract_runtime_selection_from_args(args)
        selection = [
            *(("--exclude", " ".join(excludes)) if excludes else ()),
            *(("--select", " ".join(selects)) if selects else ()),
        ]
        if context is not None and context.has_assets_def:
            known, translator, project = get_manifest_and_translator_from_dbt_assets([context.assets_def])
            selection += _selection(context, known, translator)
        return DbtInProcessInvocation(
            call=DbtCall(self.folders, [*command, *selection]),
            manifest=known,
            translator=translator,
            project=project,
            context=context,
            raise_on_error=raise_on_error,
            on_node=on_node,
        )


def parse_manifest(
    project_dir: str | Path,
    *,
    target_path: str | Path,
    log_path: str | Path,
    profiles_dir: str | Path | None = None,
    profile: str | None = None,
    target: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Path:
    """Make manifest.json, or keep it when no file that dbt's parser reads has changed (then dbt is not even imported).

    Args:
        project_dir: the folder with dbt_project.yml.
        target_path: where manifest.json goes, with a stamp beside it.
        log_path: where dbt.log goes.
        profiles_dir: the folder with profiles.yml; default: project_dir.
        profile: as in DbtInProcessResource, and likewise `target` and `env`: other values mean another manifest.

    Returns:
        The path of manifest.json.

    Raises:
        TransformError: dbt cannot parse the project.
    """
    folders = _folders(project_dir, profiles_dir, target_path, log_path, profile=profile, target=target, env=env or {})
    if folders.is_parsed():
        return folders.manifest_path
    folders.target_path.mkdir(parents=True, exist_ok=True)
    # Two processes must not write one manifest, nor read a half of it.
    with FileLock(folders.target_path / "parse.lock"):
        return folders.manifest_path if folders.is_parsed() else _parsed(folders)


def _parsed(folders: DbtFolders) -> Path:
    result = DbtCall(folders, ["parse"]).run()
    if isinstance(result.exception, KeyboardInterrupt):
        raise result.exception
    if not result.success:
        raise TransformError(
            f"dbt cannot parse its project: {str(result.exception).strip() or repr(result.exception)}",
            str(folders.project_dir),
            f"correct the file that is named; {folders.log_file} has the details",
        ) from result.exception
    return folders.manifest_path


def _folders(
    project_dir: str | Path, profiles_dir: str | Path | None, target_path: str | Path, log_path: str | Path, **given: Any
) -> DbtFolders:
    return DbtFolders(
        project_dir=Path(project_dir).resolve(),
        profiles_dir=Path(profiles_dir or project_dir).resolve(),
        target_path=Path(target_path).resolve(),
        log_path=Path(log_path).resolve(),
        **given,
    )


def _selection(
    context: AssetExecutionContext | OpExecutionContext, manifest: Mapping[str, Any], translator: DagsterDbtTranslator
) -> list[str]:
    """dbt's selection options for the assets and checks that the context selects.

    The standard resource copies the whole project when this gets longer than a command line may be; here is no such limit.
    """
    from dagster_dbt import asset_utils

    tags = context.op.tags
    exclude = tags.get(asset_utils.DAGSTER_DBT_EXCLUDE_METADATA_KEY)
    selection, indirect = asset_utils.get_subset_selection_for_context(
        context=context,
        manifest=manifest,
        select=tags.get(asset_utils.DAGSTER_DBT_SELECT_METADATA_KEY),
        exclude=exclude,
        selector=tags.get(asset_utils.DAGSTER_DBT_SELECTOR_METADATA_KEY),
        dagster_dbt_translator=translator,
        current_dbt_indirect_selection_env=os.environ.get(asset_utils.DBT_INDIRECT_SELECTION_ENV),
    )
    if exclude and "--exclude" not in selection:
        # A part of the project is named asset by asset, which would bring in the tests that were excluded.
        selection = [*selection, "--exclude", exclude]
    # A test that reads a model of a later part has to wait for it; by default dbt would run it with the first part.
    return [*selection, "--indirect-selection", indirect or "buildable"]
