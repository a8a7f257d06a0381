"""Watches the inbox by state: what the ledger has not judged yet asks for a run, whatever became of earlier requests."""

from dagster import DagsterRunStatus, DefaultSensorStatus, RunRequest, RunsFilter, SensorEvaluationContext, SkipReason, sensor

from orchestration.jobs import main_job
from orchestration.resources import JOB, Workplace, fail_dead_runs

EVERY_SECONDS = 60
UNFINISHED = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]


@sensor(job=main_job, minimum_interval_seconds=EVERY_SECONDS, default_status=DefaultSensorStatus.STOPPED)
def inbox(context: SensorEvaluationContext, workplace: Workplace) -> RunRequest | SkipReason:
    """Ask for a run when the inbox holds stable files without a final ledger event and no run is queued or active."""
    from ingestion import ingest

    settings = workplace.settings
    for run_id in fail_dead_runs(context.instance, settings.home):
        context.log.warning(f"Run {run_id} was marked as failed: its process is gone.")
    unfinished = context.instance.get_runs(RunsFilter(job_name=JOB, statuses=UNFINISHED), limit=1)
    if unfinished:
        return SkipReason(f"Run {unfinished[0].run_id} is {unfinished[0].status.value.lower()}.")
    if not ingest.pending(settings.home, settings.contracts(), settings.inbox):
        return SkipReason("Every file of the inbox has been judged.")
    return RunRequest()
