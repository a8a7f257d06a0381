"""The in-process dbt resource against the standard one: same events, same checks, and nothing left open."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dagster import AssetCheckKey, AssetKey, AssetSelection, DagsterEventType, ExecuteInProcessResult, Failure

from orchestration.dbt_call import forget_manifests
from orchestration.dbt_in_process import parse_manifest
from tests.integration.dbt_shop import (
    Shop,
    assert_nothing_is_open,
    facts,
    failure,
    make_shop,
    rows,
    run,
    run_standard,
    wait_for,
)
from warehouse.errors import TransformError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return make_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def ours(shop: Shop) -> ExecuteInProcessResult:
    return run(shop, shop.resource("ours"))


@pytest.fixture(scope="module")
def standard(shop: Shop) -> ExecuteInProcessResult:
    return run_standard(shop)


def test_a_run_gives_the_same_events_and_checks_as_the_standard_resource(
    ours: ExecuteInProcessResult, standard: ExecuteInProcessResult
) -> None:
    assert standard.success
    assert ours.success
    found = facts(ours)
    assert found == facts(standard)
    assert found["check orders:accepted_values_orders_customer__ann__bob"][:2] == (False, "WARN")
    assert found["check orders:assert_amounts_are_small"][:2] == (True, "ERROR")
    assert len([name for name in found if name.startswith("asset ")]) == 3


def test_tables_have_row_counts_and_every_model_its_duration(ours: ExecuteInProcessResult) -> None:
    assert rows(ours) == {"stg_orders": None, "orders": 3, "customers": 3}
    for event in ours.all_events:
        if event.event_type == DagsterEventType.ASSET_MATERIALIZATION:
            assert event.materialization.metadata["Execution Duration"].value > 0


def test_a_check_follows_the_materialization_it_is_about(ours: ExecuteInProcessResult) -> None:
    built: set[AssetKey] = set()
    for event in ours.all_events:
        if event.event_type == DagsterEventType.ASSET_MATERIALIZATION:
            built.add(event.asset_key)
        elif event.event_type == DagsterEventType.ASSET_CHECK_EVALUATION:
            assert event.asset_check_evaluation_data.asset_key in built


def test_a_failing_check_gives_the_same_events_and_a_readable_error(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    shop.write("tests/assert_amounts_are_small.sql", "select id from {{ ref('orders') }} where amount > 15")
    mine, standard = run(shop, shop.resource("ours")), run_standard(shop)
    assert not mine.success
    assert not standard.success
    assert facts(mine) == facts(standard)
    assert facts(mine)["check orders:assert_amounts_are_small"][:2] == (False, "ERROR")
    text = failure(mine).error.message + str(failure(mine).user_failure_data)
    assert failure(mine).error.cls_name == failure(standard).error.cls_name == "DagsterDbtCliRuntimeError"
    assert "check assert_amounts_are_small (tests/assert_amounts_are_small.sql): Got 2 results" in text
    assert "skipped" in text
    error = shop.resource("ours").cli(["test"], raise_on_error=False).get_error()
    assert isinstance(error, Failure)
    assert not error.allow_retries


def test_a_model_with_wrong_sql_is_named_with_its_file_and_the_database_error(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    shop.write("models/orders.sql", "select id, customer, amount, no_such_column from {{ ref('stg_orders') }}")
    result = run(shop, shop.resource("ours"), args=("build", "--exclude-resource-type", "unit_test"))
    text = failure(result).user_failure_data.description
    assert "model orders (models/orders.sql)" in text
    assert "Binder Error" in text
    assert "no_such_column" in text
    assert [name for name in facts(result) if name.startswith("asset ")] == ["asset stg_orders"]
    assert_nothing_is_open(shop.database("ours"))


def test_a_held_database_file_is_an_error_worth_another_try(shop: Shop) -> None:
    path = shop.database("held")
    script = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    holder = subprocess.Popen([sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        error = shop.resource("held").cli(["build"], raise_on_error=False).get_error()
    finally:
        holder.communicate(timeout=30)
    assert isinstance(error, Failure)
    assert "lock" in str(error.description)
    assert error.allow_retries


@pytest.mark.parametrize(
    "selection",
    [
        AssetSelection.assets("orders").without_checks(),
        AssetSelection.checks(AssetCheckKey(AssetKey("customers"), "every_customer_has_a_name")),
    ],
    ids=["an asset without its checks", "a check alone"],
)
def test_a_selection_runs_what_the_standard_resource_runs(
    shop: Shop, ours: ExecuteInProcessResult, standard: ExecuteInProcessResult, selection: AssetSelection
) -> None:
    found = facts(run(shop, shop.resource("ours"), selection))
    assert len(found) == 1
    assert found == facts(run_standard(shop, selection))


def test_select_and_exclude_in_the_command_limit_it_too(shop: Shop, ours: ExecuteInProcessResult) -> None:
    invocation = shop.resource("ours").cli(["run", "--select", "orders customers", "--exclude", "customers"]).wait()
    assert invocation.is_successful()
    assert [found["unique_id"] for found in invocation.get_artifact("run_results.json")["results"]] == ["model.shop.orders"]


def test_nothing_is_open_and_nothing_changed_after_a_call(shop: Shop, capfd: pytest.CaptureFixture[str]) -> None:
    before = (Path.cwd(), dict(os.environ), threading.active_count())
    shop.resource("ours").cli(["build"]).wait()
    assert (Path.cwd(), dict(os.environ), threading.active_count()) == before
    assert_nothing_is_open(shop.database("ours"))
    assert "model shop" not in capfd.readouterr().out
    assert capfd.readouterr().out == ""
    assert (shop.root / "logs" / "dbt.log").stat().st_size > 0


def test_progress_names_each_node_once_and_counts_to_the_total(shop: Shop) -> None:
    seen: list[tuple[Any, ...]] = []
    shop.resource("ours").cli(["build"], on_node=lambda *node: seen.append(node)).wait()
    total = seen[-1][1]
    assert [node[0] for node in seen] == list(range(1, total + 1))
    assert {"stg_orders", "orders", "customers", "negative_amounts_are_left_out"} <= {node[2] for node in seen}
    assert {node[3] for node in seen} == {"success", "pass", "warn"}
    assert all(node[4] >= 0 for node in seen)


def test_the_second_call_reuses_the_parsed_manifest_and_a_changed_file_is_seen(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    times, parsed = [], []
    for _ in range(2):
        start, log = time.perf_counter(), shop.root / "logs" / "dbt.log"
        size = log.stat().st_size if log.exists() else 0
        assert shop.resource("ours").cli(["run"]).wait().is_successful()
        times.append(time.perf_counter() - start)
        parsed.append("partial pars" in log.read_text()[size:].lower())
    assert parsed == [True, False]
    assert times[1] < times[0]
    shop.write("models/customers.sql", "select customer, count(*) as orders from {{ ref('orders') }} group by customer")
    assert shop.resource("ours").cli(["run"]).wait().is_successful()
    with duckdb.connect(str(shop.database("ours")), read_only=True) as connection:
        assert [column[0] for column in connection.execute("from customers").description] == ["customer", "orders"]


def test_the_manifest_is_parsed_again_only_when_a_file_or_a_variable_changed(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    made = shop.manifest().stat().st_mtime_ns
    forget_manifests()
    assert shop.manifest().stat().st_mtime_ns == made
    shop.write("models/more.sql", "select 1 as id")
    again = shop.manifest().stat().st_mtime_ns
    assert again > made
    other = parse_manifest(
        shop.project,
        target_path=tmp_path / "target",
        log_path=tmp_path / "logs",
        env={"SHOP_DB": str(tmp_path / "other.duckdb")},
    )
    assert other.stat().st_mtime_ns > again


def test_a_project_that_cannot_be_parsed_is_refused_with_the_file(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    shop.write("models/broken.sql", "select * from {{ ref('no_such_model') }}")
    with pytest.raises(TransformError, match=r"models/broken\.sql"):
        shop.manifest()


@pytest.mark.parametrize("leave", ["close", "throw"])
def test_leaving_the_stream_early_stops_dbt_and_frees_the_file(tmp_path: Path, leave: str) -> None:
    shop = make_shop(tmp_path)
    endless = "select count(*) as n from range(100000000) as a(x), range(100000000) as b(y) where x * y % 7 = 3"
    shop.write("models/endless.sql", f"{endless} and (select count(*) from {{{{ ref('orders') }}}}) > 0")
    invocation = shop.resource("ours").cli(["build"], raise_on_error=False, manifest=shop.manifest())

    def step() -> Iterator[Any]:
        yield from invocation.stream()

    generator: Any = step()
    try:
        next(generator)
        wait_for(lambda: "Began executing node model.shop.endless" in (shop.root / "logs" / "dbt.log").read_text())
        start = time.perf_counter()
        if leave == "throw":
            with pytest.raises(KeyboardInterrupt):
                generator.throw(KeyboardInterrupt())
    finally:
        generator.close()
    assert time.perf_counter() - start < 20
    assert not [thread for thread in threading.enumerate() if thread.name == "dbt"]
    assert_nothing_is_open(shop.database("ours"))
    assert shop.resource("ours").cli(["run", "--select", "orders"]).wait().is_successful()


def test_two_calls_at_once_wait_for_each_other(shop: Shop) -> None:
    invocations = [shop.resource("ours").cli(["run"]) for _ in range(2)]
    threads = [threading.Thread(target=invocation.wait) for invocation in invocations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert [invocation.is_successful() for invocation in invocations] == [True, True]
    assert_nothing_is_open(shop.database("ours"))
