"""The written sample exports, read back with DuckDB: files, columns, types, keys and references."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from pathlib import Path

import duckdb
import pytest

from sample import SampleSummary
from tests.integration.sampled import CANONICAL, OBJECTS, OPENING, THROUGH, TYPES, hashes, key, number

# Columns of the canonical schema that no export of these vendors' objects carries.
NOT_EXPORTED = {"salesforce.Product2": {"ListPrice"}}


def test_files_carry_their_day_and_the_summary_counts_them(written: tuple[Path, SampleSummary]) -> None:
    out, summary = written
    files = set(hashes(out))
    assert {str(path.relative_to(out)) for path in summary.files} == files
    opening = {name for name in files if str(OPENING) in name}
    assert {f"{name.replace('.', '/')}_{OPENING}.csv" for name in OBJECTS} | {f"encharge/events_{OPENING}.jsonl"} <= opening
    days = {day for name in files for day in re.findall(r"_(\d{4}-\d{2}-\d{2})", name)}
    assert days == {"2026-10-03", "2026-10-10", "2026-10-17", "2026-10-24", "2026-10-31"}
    lines = Counter[str]()
    for path in summary.files:
        name = f"{path.parent.name}.{path.name.split('_2026')[0]}"
        lines[name] += path.read_bytes().count(b"\n") - (path.suffix == ".csv")
    for name in [*OBJECTS, "encharge.events"]:
        assert lines[name] == summary.rows[name], name
    assert summary.total_rows == sum(summary.rows.values())


def test_the_company_has_the_size_that_was_asked_for(con: duckdb.DuckDBPyConnection) -> None:
    assert number(con, "select count(*) from Lead") == 8000
    assert number(con, "select count(*) from Opportunity") == pytest.approx(2400, rel=0.08)
    activities = number(con, "select (select count(*) from Task) + (select count(*) from Event)")
    assert activities == pytest.approx(80_000, rel=0.06)


def test_every_salesforce_field_is_quoted(written: tuple[Path, SampleSummary]) -> None:
    for path in (written[0] / "salesforce").iterdir():
        with path.open(encoding="utf-8") as lines:
            first = [line.rstrip("\n") for line in islice(lines, 300)]
        assert all(line.startswith('"') and line.endswith('"') for line in first)
        assert {len(line.split('","')) for line in first} == {len(first[0].split('","'))}


@pytest.mark.parametrize("name", OBJECTS)
def test_columns_are_the_vendors(con: duckdb.DuckDBPyConnection, name: str) -> None:
    columns = [row[0] for row in con.execute(f'describe "{name.split(".")[1]}"').fetchall()]
    canonical = [column.split()[0] for column in CANONICAL[name]["columns"].split(", ")]
    assert columns == [column for column in canonical if column not in NOT_EXPORTED.get(name, set())]


@pytest.mark.parametrize("name", OBJECTS)
def test_every_value_decodes_to_its_type(con: duckdb.DuckDBPyConnection, name: str) -> None:
    table = name.split(".")[1]
    for column in CANONICAL[name]["columns"].split(", "):
        field, kind = column.split()
        if field in NOT_EXPORTED.get(name, set()):
            continue
        sql_type = TYPES[kind]
        failed = f'select count(*) from "{table}" where "{field}" is not null and try_cast("{field}" as {sql_type}) is null'
        assert number(con, failed) == 0, f"{name}.{field}"


@pytest.mark.parametrize("name", OBJECTS)
def test_no_key_is_doubled_or_missing_in_a_file(written: tuple[Path, SampleSummary], name: str) -> None:
    source, table = name.split(".")
    for path in sorted((written[0] / source).glob(f"{table}_*.csv")):
        query = f'select count(*) - count(distinct "{key(name)}") from read_csv(?, all_varchar = true, header = true)'
        assert duckdb.execute(query, [str(path)]).fetchone() == (0,), path.name


@pytest.mark.parametrize(
    ("table", "column", "target", "key"),
    [
        *((table, "OwnerId", "User", "Id") for table in ("Lead", "Account", "Contact", "Opportunity", "Task", "Event")),
        *((table, "AccountId", "Account", "Id") for table in ("Contact", "Opportunity", "Task", "Event")),
        *(
            (table, "OpportunityId", "Opportunity", "Id")
            for table in (
                "OpportunityHistory",
                "OpportunityLineItem",
                "OpportunityFieldHistory",
                "OpportunitySplit",
                "OpportunityContactRole",
                "OpportunityTeamMember",
                "OpportunityPartner",
                "Quote",
            )
        ),
        *((table, "CampaignId", "Campaign", "Id") for table in ("Opportunity", "CampaignMember")),
        ("Opportunity", "RecordTypeId", "RecordType", "Id"),
        ("OpportunityLineItem", "PricebookEntryId", "PricebookEntry", "Id"),
        ("OpportunitySplit", "SplitOwnerId", "User", "Id"),
        ("OpportunitySplit", "SplitTypeId", "OpportunitySplitType", "Id"),
        ("OpportunityContactRole", "ContactId", "Contact", "Id"),
        ("OpportunityTeamMember", "UserId", "User", "Id"),
        ("OpportunityPartner", "AccountToId", "Account", "Id"),
        ("LeadHistory", "LeadId", "Lead", "Id"),
        ("LeadHistory", "CreatedById", "User", "Id"),
        ("AccountHistory", "AccountId", "Account", "Id"),
        ("CampaignMember", "LeadId", "Lead", "Id"),
        ("ForecastingItem", "OwnerId", "User", "Id"),
        ("ForecastingAdjustment", "ForecastingItemId", "ForecastingItem", "Id"),
        ("Case", "AccountId", "Account", "Id"),
        ("EmailMessage", "ActivityId", "Task", "Id"),
        ("UserTerritory2Association", "UserId", "User", "Id"),
        ("UserTerritory2Association", "Territory2Id", "Territory2", "Id"),
        ("User", "UserRoleId", "UserRole", "Id"),
        ("UserRole", "ParentRoleId", "UserRole", "Id"),
        *((table, "WhatId", "Opportunity", "Id") for table in ("Task", "Event")),
        ("Lead", "ConvertedAccountId", "Account", "Id"),
        ("Lead", "ConvertedContactId", "Contact", "Id"),
        ("Lead", "ConvertedOpportunityId", "Opportunity", "Id"),
        ("Lead", "MasterRecordId", "Lead", "Id"),
        ("Account", "ParentId", "Account", "Id"),
        ("OpportunityHistory", "CreatedById", "User", "Id"),
        ("OpportunityLineItem", "Product2Id", "Product2", "Id"),
        ("ForecastingQuota", "QuotaOwnerId", "User", "Id"),
        ("User", "ManagerId", "User", "Id"),
        ("employees", "crm_user_id", "User", "Id"),
        ("employees", "manager_id", "employees", "employee_id"),
    ],
)
def test_every_reference_has_its_record(con: duckdb.DuckDBPyConnection, table: str, column: str, target: str, key: str) -> None:
    missing = (
        f'select count(*) from "{table}" t where "{column}" is not null and "{column}" not in (select "{key}" from "{target}")'
    )
    assert number(con, missing) == 0
    assert number(con, f'select count("{column}") from "{table}"') > 0


def test_who_is_a_lead_or_a_contact(con: duckdb.DuckDBPyConnection) -> None:
    for table in ("Task", "Event"):
        unknown = f"select count(*) from {table} where WhoId not in (select Id from Lead union all select Id from Contact)"
        assert number(con, unknown) == 0


def test_what_is_deleted_is_pointed_to_by_nobody(con: duckdb.DuckDBPyConnection) -> None:
    gone = "(select Id from Opportunity where IsDeleted = 'true')"
    assert number(con, f"select count(*) from {gone}") > 0
    for table, column in (
        ("Task", "WhatId"), ("Event", "WhatId"), ("OpportunityHistory", "OpportunityId"),
        ("OpportunityLineItem", "OpportunityId"), ("Lead", "ConvertedOpportunityId"),
    ):  # fmt: skip
        assert number(con, f"select count(*) from {table} where {column} in {gone}") == 0
    merged = "(select Id from Account where IsDeleted = 'true')"
    assert number(con, f"select count(*) from {merged}") > 0
    for table in ("Opportunity", "Contact", "Task", "Case"):
        assert number(con, f'select count(*) from "{table}" where AccountId in {merged}') == 0


def test_nothing_is_later_than_the_extract(con: duckdb.DuckDBPyConnection, written: tuple[Path, SampleSummary]) -> None:
    for table, column in (
        ("Lead", "LastModifiedDate"), ("Account", "LastModifiedDate"), ("Contact", "LastModifiedDate"), ("Task", "CreatedDate"),
        ("Opportunity", "LastModifiedDate"), ("OpportunityHistory", "CreatedDate"), ("Event", "EndDateTime"),
        ("Task", "CompletedDateTime"), ("User", "CreatedDate"), ("people", "lastActivity"),
    ):  # fmt: skip
        newest = con.execute(f'select max({column}) from "{table}"').fetchone()
        assert newest is not None
        assert newest[0][:10] <= THROUGH.isoformat(), f"{table}.{column}"
