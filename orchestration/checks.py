"""Great Expectations as asset checks: one gate after ingestion, one before planning, one after it, all blocking."""

from collections.abc import Iterator, Sequence
from typing import Any

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetChecksDefinition,
    AssetCheckSeverity,
    AssetCheckSpec,
    MetadataValue,
    multi_asset_check,
)

from expectations.rules import Rule
from orchestration import keys, steps
from orchestration.resources import BuildFile, Workplace
from orchestration.retries import on_locks_and_io

# Planning stands between the last two: what it reads is checked before, what it leads to after.
GATES = {"raw_gate": ("raw",), "marts_gate": ("staging", "marts"), "plan_gate": ("planned",)}


def build_checks(rules: Sequence[Rule]) -> list[AssetChecksDefinition]:
    """One check for each rule, grouped into the three gates."""
    return [_gate(name, layers, [rule for rule in rules if rule.layer in layers]) for name, layers in GATES.items()]


def _gate(name: str, layers: Sequence[str], rules: Sequence[Rule]) -> AssetChecksDefinition:
    specs = [
        AssetCheckSpec(
            rule.name,
            asset=keys.table_key(rule.table),
            description=rule.question,
            blocking=True,
            metadata={"expectation": rule.expectation, "severity": rule.severity, "how to fix": rule.how_to_fix},
        )
        for rule in rules
    ]

    @multi_asset_check(specs=specs, name=name, pool=keys.POOL)
    def gate(context: AssetCheckExecutionContext, workplace: Workplace, build_file: BuildFile) -> Iterator[AssetCheckResult]:
        """Ask every rule of the layers, and stop the run if publishing must not go on."""
        del build_file
        with on_locks_and_io():
            gated = steps.check(workplace.settings, layers, context.run.run_id)
        tables = {rule.name: rule.table for rule in rules}
        for result in gated.result.results:
            yield AssetCheckResult(
                check_name=result.name,
                asset_key=keys.table_key(tables[result.name]),
                passed=not result.blocks and result.status.value == "passed",
                severity=AssetCheckSeverity.ERROR if result.blocks else AssetCheckSeverity.WARN,
                metadata=_metadata(result, gated.docs),
            )
        gated.result.require()

    return gate


def _metadata(result: Any, docs: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "status": result.status.value,
        "detail": result.detail,
        "report": MetadataValue.url(docs.as_uri()),
    }
    if result.failure_rate is not None:
        found["failure rate"] = MetadataValue.float(result.failure_rate)
    return found
