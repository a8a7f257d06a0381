"""A written sample company for the tests of its files: what it holds, and the last version of every record in DuckDB."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from pathlib import Path

import duckdb
import yaml

from sample import SampleSummary, generate

THROUGH = dt.date(2026, 10, 31)
OPENING = dt.date(2026, 10, 3)
SCALE = 0.4
_CANONICAL = Path(__file__).parents[2] / "ingestion" / "canonical"
TYPES = yaml.safe_load((_CANONICAL / "_types.yml").read_text())
CANONICAL = {
    f"{path.stem}.{name}": entry
    for path in _CANONICAL.glob("[a-z]*.yml")
    for name, entry in yaml.safe_load(path.read_text()).items()
}
# The objects that the smallest company has records of, and those that may be empty.
CORE = [
    f"salesforce.{name}"
    for name in (
        "Lead", "LeadHistory", "Account", "Contact", "Opportunity", "OpportunityHistory", "OpportunityLineItem", "Product2",
        "Task", "Event", "User", "ForecastingQuota",
    )
] + ["encharge.people", "hr.employees"]  # fmt: skip
MORE = [
    f"salesforce.{name}"
    for name in (
        "AccountHistory", "Campaign", "CampaignMember", "Case", "DatedConversionRate", "EmailMessage", "ForecastingAdjustment",
        "ForecastingItem", "OpportunityContactRole", "OpportunityFieldHistory", "OpportunityPartner", "OpportunitySplit",
        "OpportunitySplitType", "OpportunityTeamMember", "PricebookEntry", "Quote", "RecordType", "Territory2", "UserRole",
        "UserTerritory2Association",
    )
]  # fmt: skip
OBJECTS = CORE + MORE
TRUTH = ("lead_propensity", "deal_propensity", "defects", "effects", "duplicates")


def write(folder: Path) -> tuple[Path, SampleSummary]:
    """The sample company in `folder`/inbox, with `folder`/truth and `folder`/company beside it."""
    return folder / "inbox", generate(folder / "inbox", SCALE, truth=folder / "truth", company=folder / "company")


def key(name: str) -> str:
    """The key column of an object."""
    return str(CANONICAL[name]["key"][0])


def connect(out: Path) -> duckdb.DuckDBPyConnection:
    """A database with the last version of every record: a table for each object, and for each file of the truth beside it."""
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    for name in OBJECTS:
        source, table = name.split(".")
        paths = sorted(str(path) for path in (out / source).iterdir() if re.fullmatch(rf"{table}_[-0-9]+\.csv", path.name))
        con.execute(
            f'create table "{table}" as select * exclude (filename) from read_csv(?, all_varchar = true, header = true, '
            "nullstr = '', filename = true, union_by_name = true) "
            f'qualify row_number() over (partition by "{key(name)}" order by filename desc) = 1',
            [paths],
        )
    con.execute("create view deal as select * from Opportunity where IsDeleted = 'false'")
    con.execute("create view open_deal as select * from deal where IsClosed = 'false'")
    con.execute("create view closed_deal as select * from deal where IsClosed = 'true'")
    for name in TRUTH:
        path = out.with_name("truth") / f"{name}.parquet"
        if path.exists():
            con.execute(f"create table truth_{name} as select * from read_parquet(?)", [str(path)])
    return con


def number(con: duckdb.DuckDBPyConnection, query: str) -> float:
    """The one number that the query gives."""
    row = con.execute(query).fetchone()
    assert row is not None
    return float(row[0])


def hashes(folder: Path) -> dict[str, str]:
    """sha256 of every file below the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
