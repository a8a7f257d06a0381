"""The one assembly of the definitions: tests and the command line get the same graph with other resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dagster import Definitions

from orchestration import catalog, steps
from orchestration.assets.outbox import build_outbox_assets
from orchestration.assets.plan import build_planning_assets
from orchestration.assets.raw import build_raw_assets
from orchestration.assets.served import build_served_assets
from orchestration.assets.transform import build_dbt_assets
from orchestration.checks import build_checks
from orchestration.jobs import implement_job, main_job
from orchestration.resources import Workplace, overrides_of
from orchestration.schedules import daily
from orchestration.sensors import inbox


def build_defs(workplace: Workplace | None = None, overrides: Mapping[str, Any] | None = None) -> Definitions:
    """Assemble assets, checks, job, schedule, sensor and resources.

    Args:
        workplace: where to work; default: what the environment says.
        overrides: resources that replace those that follow from the working place.

    Raises:
        TransformError: dbt cannot parse its project.
        ContractError, ConfigurationError: a contract or a suite is refused.
    """
    place = workplace or Workplace()
    settings = place.settings
    return Definitions(
        assets=[
            *build_raw_assets(),
            build_dbt_assets(catalog.manifest_path(settings)),
            *build_planning_assets(),
            *build_served_assets(catalog.published(settings)),
            *build_outbox_assets(),
        ],
        asset_checks=build_checks(steps.rules(settings)),
        jobs=[main_job, implement_job],
        schedules=[daily],
        sensors=[inbox],
        resources={**overrides_of(place), **(overrides or {})},
    )
