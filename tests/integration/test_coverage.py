"""What coverage says of a mart's sources agrees with dbt's own lineage, so that it cannot go stale."""

import json
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment

from orchestration.catalog import PUBLISHED_SCHEMAS
from orchestration.dbt_in_process import parse_manifest
from orchestration.plan_steps import TABLES
from tests.lint.empty_home import make_empty_home

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
RAW = "source.salesops.raw."


def stated(macro: str) -> dict[str, Any]:
    """What a macro of coverage.sql returns."""
    found: list[dict[str, Any]] = []
    template = Environment(extensions=["jinja2.ext.do"], autoescape=True).from_string(
        (PROJECT / "macros" / "project" / "coverage.sql").read_text(encoding="utf-8"),
        globals={"return": lambda value: found.append(value) or ""},
    )
    getattr(template.module, macro)()
    (value,) = found
    return value


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = make_empty_home(tmp_path_factory.mktemp("empty"))
    env = {"SALESOPS_HOME": str(home.root)}
    path = parse_manifest(PROJECT, target_path=home.dbt_target, log_path=home.dbt_logs, env=env)
    return dict(json.loads(path.read_text(encoding="utf-8")))


def made_of(manifest: dict[str, Any]) -> dict[str, list[str]]:
    """The models that each planning table says it is made of."""
    sources = manifest["sources"].items()
    return {name: source["config"]["meta"]["made_of"] for name, source in sources if source["schema"] == "planning"}


@pytest.fixture(scope="module")
def raw_tables(manifest: dict[str, Any]) -> dict[str, set[str]]:
    """The raw tables that each published mart is made of."""
    found = {}
    planned = made_of(manifest)
    for name, node in manifest["nodes"].items():
        if node["resource_type"] == "model" and node["schema"] in PUBLISHED_SCHEMAS and node["name"] != "coverage":
            seen, waiting = {name}, [name]
            while waiting:
                at = waiting.pop()
                new = set(manifest["parent_map"].get(at, [])) - seen
                if at in planned:
                    new |= {f"model.salesops.{read}" for read in planned[at]} - seen
                seen |= new
                waiting += new
            found[node["name"]] = {parent.removeprefix(RAW) for parent in seen if parent.startswith(RAW)}
    return found


def test_every_mart_is_covered(raw_tables: dict[str, set[str]]) -> None:
    assert stated("coverage_marts").keys() == raw_tables.keys()


def test_every_raw_table_that_a_mart_is_made_of_belongs_to_an_export(raw_tables: dict[str, set[str]]) -> None:
    known = {table for parts in stated("coverage_exports").values() for tables in parts.values() for table in tables}
    assert {mart: tables - known for mart, tables in raw_tables.items() if tables - known} == {}


def test_an_export_is_made_of_raw_tables_that_there_are(manifest: dict[str, Any]) -> None:
    there = {name.removeprefix(RAW) for name in manifest["sources"]}
    for export, parts in stated("coverage_exports").items():
        assert parts.keys() <= {"tables", "links"}, export
        assert {table for tables in parts.values() for table in tables} <= there, export


def test_a_mart_needs_only_what_it_is_made_of(raw_tables: dict[str, set[str]]) -> None:
    exports = stated("coverage_exports")
    for mart, about in stated("coverage_marts").items():
        for export in (name for need in about["needs"] for name in need.split("|")):
            assert raw_tables[mart] & set(exports[export]["tables"]), f"{mart} is not made of {export}"


def test_planning_tables_say_what_they_are_made_of(manifest: dict[str, Any]) -> None:
    reads = {name: [read.split(".")[1] for read in table.reads] for name, table in TABLES.items()}
    assert {name.rsplit(".", 1)[-1]: models for name, models in made_of(manifest).items()} == reads


def test_the_report_reads_every_mart_and_stands_after_all_of_them(manifest: dict[str, Any]) -> None:
    read = set(manifest["nodes"]["model.salesops.int_mart_state"]["depends_on"]["nodes"])
    assert read == {f"model.salesops.{mart}" for mart in stated("coverage_marts")}
    assert [name for name in manifest["child_map"]["model.salesops.coverage"] if name.startswith("model.")] == []
