"""The main job: everything, in one process, one run at a time."""

from __future__ import annotations

from dagster import AssetSelection, in_process_executor
from dagster import define_asset_job as define

from orchestration.resources import JOB

main_job = define(
    JOB,
    selection=AssetSelection.all(),
    description="Exports in, checked and published marts out.",
    executor_def=in_process_executor,
)
