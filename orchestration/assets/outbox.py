"""Files that carry approved decisions into other systems; made by a job of their own, never by the main job."""

from collections.abc import Iterator
from typing import Any

from dagster import AssetsDefinition, AssetSpec, Config, MaterializeResult, MetadataValue, multi_asset
from pydantic import Field

from orchestration import decision_steps, keys
from orchestration.resources import Workplace


class ImplementConfig(Config):
    """Which decision is carried out."""

    decision: str = Field(default="", description="Its id; default: the latest one.")
    by: str = Field(default="", description="Who carries it out; default: the user of this process.")


def build_outbox_assets() -> list[AssetsDefinition]:
    """`write_rep_assignment` writes the new owners of accounts, once every approver signed."""
    specs = [
        AssetSpec(
            keys.REP_ASSIGNMENT,
            deps=[keys.served_key("plan.rep_assignment"), keys.served_key("plan.decision")],
            description="New owners of accounts, as the CRM's loader takes them; from the plan that was signed.",
            group_name="outbox",
            owners=[keys.OPERATIONS],
            kinds={"csv"},
        )
    ]

    @multi_asset(specs=specs, name="write_rep_assignment")
    def implement(config: ImplementConfig, workplace: Workplace) -> Iterator[MaterializeResult[Any]]:
        """Write the files of an approved plan and keep in the ledger that it was done."""
        done = decision_steps.implement(workplace.settings, config.decision, config.by)
        yield MaterializeResult(
            asset_key=keys.REP_ASSIGNMENT,
            metadata={
                **{path.name: MetadataValue.path(str(path)) for path in done.files},
                "dagster/row_count": done.accounts,
                "decision": done.decision.decision_id,
            },
        )

    return [implement]
