"""Dagster's event log with its connections kept open: the same history, for every reader, and nothing left behind."""

from pathlib import Path

import pytest
from dagster import (
    AssetCheckResult,
    AssetKey,
    DagsterEventType,
    DagsterInstance,
    MaterializeResult,
    asset,
    asset_check,
    materialize,
)

from orchestration.quick_history import quick_history


@asset
def orders() -> MaterializeResult[None]:
    return MaterializeResult(metadata={"rows": 3})


@asset_check(asset=orders)
def orders_exist() -> AssetCheckResult:
    return AssetCheckResult(passed=True)


def test_history_is_complete_for_another_instance_while_the_block_is_open_and_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with DagsterInstance.get() as instance:
        usual = materialize([orders, orders_exist], instance=instance)
        with quick_history(instance):
            quick = materialize([orders, orders_exist], instance=instance)
            with DagsterInstance.get() as reader:
                during = [
                    record.event_log_entry.dagster_event_type for record in reader.get_records_for_run(quick.run_id).records
                ]
        after = [record.event_log_entry.dagster_event_type for record in instance.get_records_for_run(quick.run_id).records]
        expected = [record.event_log_entry.dagster_event_type for record in instance.get_records_for_run(usual.run_id).records]
        assert during == after == expected
        assert DagsterEventType.ASSET_CHECK_EVALUATION in after
        latest = instance.get_latest_materialization_event(AssetKey("orders"))
        assert latest is not None
        assert latest.run_id == quick.run_id
        assert "_connect" not in vars(instance.event_log_storage)


def test_another_storage_is_left_alone() -> None:
    with DagsterInstance.ephemeral() as instance, quick_history(instance) as same:
        assert same is instance
        assert materialize([orders], instance=instance).success
