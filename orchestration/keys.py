"""The one scheme of asset keys, groups and owners.

raw/<table>              group raw            data engineering   what contracts load
meta/<table>             group meta           data engineering   what ingestion remembers of loads
config/<table>           group config         sales operations   business parameters as tables
ledger/<table>           group ledger         sales operations   what people decided, as tables
planning/<table>         group planning       sales operations   what planning's functions answered
<schema>/<model>         group = schema       data engineering (staging, intermediate) or sales operations (marts)
served/<schema>/<model>  group served         sales operations   what BI reads
reports/<name>           group reports        sales operations   what people read
outbox/<name>            group outbox         sales operations   files that carry approved decisions into other systems
"""

from __future__ import annotations

from dagster import AssetKey

ENGINEERING = "team:data-engineering"
OPERATIONS = "team:sales-operations"
STAGES = ("staging", "intermediate")
POOL = "build_file"
DATA_DOCS = AssetKey(["reports", "data_docs"])
PLAN_BOOK = AssetKey(["reports", "plan_book"])
REP_ASSIGNMENT = AssetKey(["outbox", "rep_assignment"])
DECISIONS = AssetKey(["ledger", "decision_event"])
FULL_LOADS = AssetKey(["meta", "full_load"])


def raw_key(table: str) -> AssetKey:
    """The asset of a raw table."""
    return AssetKey(["raw", table])


def config_key(table: str) -> AssetKey:
    """The asset of a table of business parameters."""
    return AssetKey(["config", table])


def table_key(full_name: str) -> AssetKey:
    """The asset of "schema.table" in the build file, whichever room makes it."""
    return AssetKey(full_name.split("."))


def served_key(full_name: str) -> AssetKey:
    """The asset of a published "schema.table"."""
    return AssetKey(["served", *full_name.split(".")])


def owner_of(schema: str) -> str:
    """Who answers for a schema."""
    return ENGINEERING if schema in (*STAGES, "raw", "meta") else OPERATIONS
