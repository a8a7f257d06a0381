"""A small dbt project with models, a source, checks that pass and warn; and ways to run it through either dbt resource."""

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dagster import (
    AssetExecutionContext,
    AssetSelection,
    DagsterEventType,
    DagsterInstance,
    Definitions,
    ExecuteInProcessResult,
    ResourceParam,
    define_asset_job,
)

from orchestration.dbt_call import forget_manifests
from orchestration.dbt_in_process import DbtInProcessResource, parse_manifest

FILES = {
    "dbt_project.yml": """
        name: shop
        version: "1.0"
        profile: shop
        models:
          shop:
            +materialized: table
    """,
    "profiles.yml": """
        shop:
          target: dev
          outputs:
            dev: {type: duckdb, path: "{{ env_var('SHOP_DB') }}", threads: 2}
    """,
    "models/stg_orders.sql": "{{ config(materialized='view') }} select id, customer, amount from {{ source('raw', 'orders') }}",
    "models/orders.sql": "select id, customer, amount from {{ ref('stg_orders') }} where amount > 0",
    "models/customers.sql": "select customer, sum(amount) as amount from {{ ref('orders') }} group by customer",
    "models/shop.yml": """
        version: 2
        sources:
          - name: raw
            schema: raw
            tables:
              - name: orders
                columns: [{name: id, data_tests: [not_null]}]
        models:
          - name: stg_orders
            columns: [{name: id, data_tests: [unique]}]
          - name: orders
            columns:
              - name: id
                data_tests: [unique, not_null]
              - name: customer
                data_tests: [{accepted_values: {arguments: {values: [ann, bob]}, config: {severity: warn}}}]
          - name: customers
            columns: [{name: customer, data_tests: [not_null: {name: every_customer_has_a_name}]}]
        unit_tests:
          - name: negative_amounts_are_left_out
            model: orders
            given: [{input: ref('stg_orders'), rows: [{id: 1, customer: ann, amount: -1}]}]
            expect: {rows: []}
    """,
    "tests/assert_amounts_are_small.sql": "select id from {{ ref('orders') }} where amount > 1000",
}
ROWS = "(1, 'ann', 10), (2, 'bob', 20), (3, 'cid', 30), (4, 'ann', -5)"


@dataclass(frozen=True)
class Shop:
    """A small dbt project and the folder that its runs write to."""

    root: Path

    @property
    def project(self) -> Path:
        return self.root / "project"

    def database(self, name: str) -> Path:
        path = self.root / name / "shop.duckdb"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            with duckdb.connect(str(path)) as connection:
                connection.execute("create schema raw")
                connection.execute(f"create table raw.orders as select * from (values {ROWS}) as t(id, customer, amount)")
        return path

    def resource(self, name: str) -> DbtInProcessResource:
        return DbtInProcessResource(
            project_dir=str(self.project),
            target_path=str(self.root / "target"),
            log_path=str(self.root / "logs"),
            env={"SHOP_DB": str(self.database(name))},
        )

    def manifest(self) -> Path:
        env = {"SHOP_DB": str(self.database("parse"))}
        return parse_manifest(self.project, target_path=self.root / "target", log_path=self.root / "logs", env=env)

    def write(self, name: str, text: str) -> None:
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))


def make_shop(root: Path) -> Shop:
    shop = Shop(root)
    for name, text in FILES.items():
        shop.write(name, text)
    forget_manifests()
    return shop


def run(
    shop: Shop, dbt: Any, selection: AssetSelection | None = None, args: tuple[str, ...] = ("build",), **options: Any
) -> ExecuteInProcessResult:
    from dagster_dbt import dbt_assets

    @dbt_assets(manifest=shop.manifest(), name="shop")
    def assets(context: AssetExecutionContext, dbt: ResourceParam[Any]) -> Iterator[Any]:
        yield from dbt.cli(list(args), context=context, **options).stream()

    job = define_asset_job("job", selection=selection if selection is not None else AssetSelection.all())
    definitions = Definitions(assets=[assets], jobs=[job], resources={"dbt": dbt})
    with DagsterInstance.ephemeral() as instance:
        return definitions.resolve_job_def("job").execute_in_process(instance=instance, raise_on_error=False)


def run_standard(shop: Shop, selection: AssetSelection | None = None) -> ExecuteInProcessResult:
    from dagster_dbt import DbtCliResource

    executable = Path(sys.executable).with_name("dbt")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_DB", str(shop.database("standard")))
        patch.setenv("DBT_TARGET_PATH", str(shop.root / "standard" / "target"))
        return run(shop, DbtCliResource(project_dir=shop.project, dbt_executable=executable), selection)


def facts(result: ExecuteInProcessResult) -> dict[str, Any]:
    """What Dagster recorded, as plain values: by asset or check, everything but durations and ids."""
    found: dict[str, Any] = {}
    for event in result.all_events:
        if event.event_type == DagsterEventType.ASSET_MATERIALIZATION:
            found[f"asset {event.asset_key.to_user_string()}"] = plain(event.materialization.metadata)
        elif event.event_type == DagsterEventType.ASSET_OBSERVATION:
            found[f"seen {event.asset_key.to_user_string()}"] = plain(event.asset_observation_data.asset_observation.metadata)
        elif event.event_type == DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            values = (check.passed, check.severity.value, plain(check.metadata))
            found[f"check {check.asset_key.to_user_string()}:{check.check_name}"] = values
    return found


def plain(metadata: Any) -> dict[str, Any]:
    return {
        key: "some" if key in ("Execution Duration", "invocation_id") else value.value
        for key, value in metadata.items()
        if key not in ("dagster/row_count", "dagster/storage_kind")
    }


def rows(result: ExecuteInProcessResult) -> dict[str, int]:
    found = {}
    for event in result.all_events:
        if event.event_type == DagsterEventType.ASSET_MATERIALIZATION:
            count = event.materialization.metadata.get("dagster/row_count")
            found[event.asset_key.to_user_string()] = count.value if count else None
    return found


def failure(result: ExecuteInProcessResult) -> Any:
    [event] = [event for event in result.all_events if event.event_type == DagsterEventType.STEP_FAILURE]
    return event.step_failure_data


def assert_nothing_is_open(path: Path) -> None:
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("select 1")
    script = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('create or replace table probe as select 1')"
    subprocess.run([sys.executable, "-c", script, str(path)], check=True, timeout=60)


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.perf_counter() + seconds
    while not happened():
        assert time.perf_counter() < deadline, "it never happened"
        time.sleep(0.1)
