"""The schema `config` of the build file: business parameters and as_of as tables that dbt reads."""

from __future__ import annotations

import datetime as dt
import hashlib

import duckdb

from warehouse import plan_tables
from warehouse.company import Company, load
from warehouse.database import quote
from warehouse.parameters import WEEKDAYS
from warehouse.plan_tables import Table

SCHEMA = "config"
_RUN_CONTEXT = (
    "as_of DATE, reporting_currency VARCHAR, company_timezone VARCHAR, fiscal_year_start_month INTEGER, "
    "quota_period VARCHAR, cohort_maturity_days INTEGER, settings_hash VARCHAR"
)
_STAGE = (
    "source VARCHAR, pipeline_id VARCHAR, stage_name VARCHAR, stage_order INTEGER, stage_type VARCHAR, "
    "default_probability DOUBLE, forecast_category VARCHAR"
)


def names() -> list[str]:
    """The tables of the schema, whatever the company."""
    return list(tables(load(), dt.date.min))


def write(connection: duckdb.DuckDBPyConnection, company: Company, as_of: dt.date, code: str = "") -> None:
    """Replace every table of the schema, in one transaction.

    Args:
        connection: the build file.
        company: its parameters.
        as_of: the date that the run speaks for.
        code: what tells one state of the product's code from another; incremental models of another are built anew.
    """
    connection.execute("BEGIN")
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    for name, (columns, rows) in tables(company, as_of, code).items():
        table = f"{SCHEMA}.{quote(name)}"
        connection.execute(f"CREATE OR REPLACE TABLE {table} ({columns})")
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    connection.execute("COMMIT")


def tables(company: Company, as_of: dt.date, code: str = "") -> dict[str, Table]:
    """The schema `config` as dbt reads it: table name -> (column definitions, rows)."""
    calendar = company.calendar
    return {
        "run_context": (
            _RUN_CONTEXT,
            [
                (
                    as_of,
                    calendar.reporting_currency,
                    calendar.timezone,
                    calendar.fiscal_year_start_month,
                    calendar.quota_period,
                    calendar.cohort_maturity_days,
                    hashlib.sha256(f"{code} {company.hash}".encode()).hexdigest(),
                )
            ],
        ),
        "stage": (
            _STAGE,
            [
                (s.source, s.pipeline, s.stage, order, s.type, s.probability, s.forecast_category)
                for order, s in enumerate(company.stages.stages, start=1)
            ],
        ),
        "sale_type": (
            "type_value VARCHAR, sale_type VARCHAR",
            [(value.lower(), kind) for value, kind in company.stages.sale_types.items()],
        ),
        "exclusion_rule": (
            "rule_order INTEGER, field VARCHAR, pattern VARCHAR, reason VARCHAR",
            [(order, e.field, e.pattern, e.reason) for order, e in enumerate(company.stages.exclusions, start=1)],
        ),
        "segment": (
            "segment_id VARCHAR, segment_name VARCHAR, segment_order INTEGER",
            [(s.id, s.name, order) for order, s in enumerate(company.segments.segments, start=1)],
        ),
        "segment_rule": (
            "rule_order INTEGER, segment_id VARCHAR, field VARCHAR, min_value DOUBLE, max_value DOUBLE, equals_value VARCHAR",
            [(order, r.segment, r.field, r.min, r.below, r.equals) for order, r in enumerate(company.segments.rules, start=1)],
        ),
        "activity_rule": (
            "rule_order INTEGER, object VARCHAR, field VARCHAR, pattern VARCHAR, activity_type VARCHAR",
            [(order, r.object, r.field, r.pattern, r.type) for order, r in enumerate(company.activities.rules, start=1)],
        ),
        "rep_role": ("pattern VARCHAR", [(pattern,) for pattern in company.team.rep_roles]),
        "ramp": ("tenure_month INTEGER, productivity DOUBLE", list(enumerate(company.team.ramp))),
        "working_time": (
            "weekday INTEGER, minutes INTEGER",
            [(number, calendar.working_minutes[day]) for number, day in enumerate(WEEKDAYS, start=1)],
        ),
        "holiday": ("day DATE, name VARCHAR", sorted(calendar.holidays.items())),
        **plan_tables.tables(company),
    }
