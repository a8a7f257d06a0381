"""What Dagster loads: assets for every room with lineage, checks on their assets, one scheme of keys, nothing heavy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from dagster import AssetKey, DagsterInstance, DagsterRunStatus, Definitions, build_schedule_context, build_sensor_context

from ingestion import canonical
from orchestration import keys, steps
from orchestration.build import build_defs
from orchestration.resources import JOB, Workplace, fail_dead_runs
from orchestration.schedules import daily
from orchestration.sensors import inbox
from orchestration.settings import Settings
from warehouse import clock, lock
from warehouse.home import Home

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    return Workplace(home=str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def definitions(workplace: Workplace) -> Definitions:
    return build_defs(workplace)


def test_every_raw_table_model_mart_and_report_is_an_asset_by_the_scheme(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    found = {key.to_user_string() for key in graph.get_all_asset_keys()}
    assert {f"raw/{item.table}" for item in canonical.objects().values()} <= found
    assert {"config/run_context", "staging/stg_salesforce__lead", "core/fct_opportunity", "kpi/daily_sales"} <= found
    assert {"served/kpi/daily_sales", "served/core/dim_user", "reports/data_docs"} <= found
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.group_name == key.path[0]
        assert node.owners == [keys.owner_of(key.path[0])]
        assert node.description, key


def test_lineage_reaches_from_the_inbox_to_the_report(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    seen, todo = set(), {AssetKey(["reports", "data_docs"])}
    while todo:
        key = todo.pop()
        seen.add(key)
        todo |= set(graph.get(key).parent_keys) - seen
    assert {keys.raw_key("salesforce__opportunity"), AssetKey(["kpi", "rep_performance_month"])} <= seen


def test_every_rule_and_every_dbt_test_is_a_check_on_its_asset(definitions: Definitions, workplace: Workplace) -> None:
    graph = definitions.resolve_asset_graph()
    checks = {(key.asset_key, key.name) for key in graph.asset_check_keys}
    rules = steps.rules(workplace.settings)
    assert {(keys.table_key(rule.table), rule.name) for rule in rules} <= checks
    assert any(name.startswith("unique_daily_sales") for _, name in checks)
    gates = {rule.name for rule in rules}
    assert all(graph.get(key).blocking for key in graph.asset_check_keys if key.name in gates)


def test_loading_the_definitions_does_not_import_great_expectations(tmp_path: Path) -> None:
    code = "import sys, orchestration.definitions; print([m for m in sys.modules if m.split('.')[0] == 'great_expectations'])"
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "SALESOPS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip().endswith("[]")


def test_the_commands_that_answer_at_once_import_nothing_heavy() -> None:
    code = (
        "import sys, orchestration.cli; heavy = {'dagster', 'dbt', 'great_expectations', 'pandas', 'rich.progress'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_committed_instance_has_no_telemetry_and_one_run_at_a_time() -> None:
    settings = yaml.safe_load((ROOT / "dagster.yaml").read_text())
    assert settings["telemetry"] == {"enabled": False}
    assert settings["concurrency"]["runs"]["max_concurrent_runs"] == 1
    assert settings["concurrency"]["pools"]["default_limit"] == 1
    assert (ROOT / "dagster.yaml").resolve() == ROOT / "orchestration" / "dagster.yaml"


def test_the_sensor_asks_by_state_and_again_after_a_failed_run(tmp_path: Path) -> None:
    place = Workplace(home=str(tmp_path))
    home = place.settings.home.create()
    with DagsterInstance.ephemeral() as instance:

        def evaluate() -> object:
            return inbox(build_sensor_context(instance=instance, resources={"workplace": place}))

        assert "judged" in str(evaluate())
        path = home.inbox / "Account_2026-01-05.csv"
        path.write_text('"Id","Name"\n"1","a"\n')
        os.utime(path, (clock.timestamp() - 60,) * 2)
        assert "RunRequest" in type(evaluate()).__name__
        run = instance.create_run_for_job(definition_with_name(), status=DagsterRunStatus.FAILURE)
        assert "RunRequest" in type(evaluate()).__name__
        instance.create_run_for_job(definition_with_name(), status=DagsterRunStatus.NOT_STARTED)
        assert "not_started" in str(evaluate())
        assert run.status is DagsterRunStatus.FAILURE


def test_a_run_whose_process_died_is_marked_as_failed_and_a_waiting_one_is_not(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    with DagsterInstance.ephemeral() as instance:
        dead = instance.create_run_for_job(definition_with_name(), status=DagsterRunStatus.STARTED)
        waiting = instance.create_run_for_job(definition_with_name(), status=DagsterRunStatus.STARTED)
        (home.root / "locks").mkdir()
        (home.root / "locks" / f"{dead.run_id}.lock").touch()
        with lock.build_lock(home, waiting.run_id):
            assert fail_dead_runs(instance, home) == [dead.run_id]
        found = instance.get_run_by_id(dead.run_id)
        assert found is not None
        assert found.status is DagsterRunStatus.FAILURE


def test_the_schedule_runs_when_nothing_is_served_yet(tmp_path: Path) -> None:
    place = Workplace(home=str(tmp_path))
    place.settings.home.create()
    with DagsterInstance.ephemeral() as instance:
        result = daily(build_schedule_context(instance=instance, resources={"workplace": place}))
    assert "RunRequest" in type(result).__name__


def test_options_win_over_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SALESOPS_HOME", str(tmp_path / "env"))
    monkeypatch.setenv("SALESOPS_INBOX", str(tmp_path / "box"))
    assert Settings.find().home.root == tmp_path / "env"
    assert Settings.find(str(tmp_path / "option"), str(tmp_path / "other")).inbox == tmp_path / "other"


def definition_with_name() -> object:
    """A job of the main job's name, to make runs of."""
    from dagster import job, op

    @op
    def nothing() -> None: ...

    @job(name=JOB)
    def main_job() -> None:
        nothing()

    return main_job
