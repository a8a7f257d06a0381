"""Once a day, unless the served version is already right."""

from dagster import DefaultScheduleStatus, RunRequest, ScheduleEvaluationContext, SkipReason, schedule

from orchestration.jobs import main_job
from orchestration.resources import Workplace

EVERY_DAY_AT_SIX = "0 6 * * *"


@schedule(job=main_job, cron_schedule=EVERY_DAY_AT_SIX, execution_timezone="UTC", default_status=DefaultScheduleStatus.STOPPED)
def daily(context: ScheduleEvaluationContext, workplace: Workplace) -> RunRequest | SkipReason:
    """Run the main job when something changed since the served version."""
    from orchestration import currency

    del context
    state = currency.look(workplace.settings, workplace.date)
    if state.is_current and state.served is not None:
        return SkipReason(f"Version {state.served.version} is right for the current input.")
    return RunRequest()
