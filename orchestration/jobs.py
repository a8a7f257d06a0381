"""The main job: everything, in one process, one run at a time; and the job that carries out an approved plan."""

from __future__ import annotations

from dagster import AssetSelection, in_process_executor
from dagster import define_asset_job as define

from orchestration.resources import IMPLEMENT_JOB, JOB

OUTBOX = AssetSelection.groups("outbox")

main_job = define(
    JOB,
    selection=AssetSelection.all() - OUTBOX,
    description="Exports in, checked and published marts out.",
    executor_def=in_process_executor,
)

implement_job = define(
    IMPLEMENT_JOB,
    selection=OUTBOX,
    description="Writes the files of the approved plan; refuses a plan that nobody signed.",
    executor_def=in_process_executor,
)
